import { adapterFor } from '@/engine/adapters/registry'
import type { Adapter } from '@/engine/adapters/adapter'
import { frameText } from '@/engine/adapters/frame-text'
import { plannedRequests, type PlannedRequest, type Question } from '@/engine/modules/predict'
import type { Message } from '@/engine/lm/parts'
import type { AdapterId } from '@/engine/program/adapter-id'
import { jsonFallbackOf, type JsonFallback } from '@/engine/program/json-fallback'
import type { ProgramGraph } from '@/engine/program/program'
import type { Field, Signature } from '@/engine/signature/signature'
import type { FieldType } from '@/engine/signature/types/field-type'
import type { Json } from '@/lib/json'

/** One request as adapter.py lays it out: everything of its prompt that no value changes. */
export interface Plan {
  readonly format: string
  readonly layout: AdapterId
  readonly isExact: boolean
  readonly fields: readonly Pick<PlanField, 'name' | 'role' | 'type'>[]
  /** The system message, with a mark where the instructions stand. */
  readonly system: string
  readonly withoutInstructions: string
  readonly reminder: string
  readonly incompleteDemo: string
  readonly leftOut: string
  /** As it goes over the wire. */
  readonly responseFormat?: Json
  /** What to ask where the model does not take this response format, and nothing else was to follow. */
  readonly instead?: Plan
  /** The second question of two, which reads the outputs out of the answer. */
  readonly extraction?: { readonly answer: string; readonly instructions: string; readonly plans: readonly Plan[] }
}

interface PlanField {
  readonly name: string
  readonly role: Field['role']
  readonly type: FieldType
}

/** A character for private use: no sentence of ours holds it. */
export const instructionsMark = '\uE000'

/** Stands for any model that takes response formats. One that does not refuses them, and is asked in the next one. */
const anyModel = { capabilities: { responseFormats: ['json_schema', 'json_object'] } } as const

/** What adapter.py needs to ask for a signature as a step of this graph does. */
export function plansFor(graph: ProgramGraph, node: ProgramGraph['nodes'][number], signature: Signature): readonly Plan[] {
  return plansOf(signature, { adapter: adapterFor(graph, node), jsonFallback: jsonFallbackOf(graph), isExact: graph.dspyExact === true })
}

interface Asking {
  readonly adapter: Adapter
  readonly jsonFallback: JsonFallback
  readonly isExact: boolean
}

function plansOf(signature: Signature, { adapter, jsonFallback, isExact }: Asking): readonly Plan[] {
  const asked = { instructions: instructionsMark, fields: signature.fields }
  const own: Adapter = withoutExtraction(adapter)
  const question = (fallback: JsonFallback, instructions: string): Question => ({
    adapter: own,
    jsonFallback: fallback,
    signature: { ...asked, instructions },
    lm: anyModel,
  })
  const empty = plannedRequests(question('twice', ''), [], {})
  const all = plannedRequests(question('twice', instructionsMark), [], {}).map((request, at) =>
    planOf(request, { fields: signature.fields, withoutInstructions: systemOf(empty[at]), adapter: own, isExact }),
  )
  const planned = plannedRequests(question(jsonFallback, instructionsMark), [], {})
  const extraction = adapter.extraction
  const read = extraction?.signature(signature)
  return planned.map(({ format }): Plan => {
    const at = all.findIndex(plan => plan.format === format)
    const [plan, next] = [all[at], all[at + 1]]
    if (plan === undefined) throw new Error(`no plan asks for ${format}`)
    return {
      ...plan,
      ...(plan.responseFormat !== undefined && next?.responseFormat !== undefined && { instead: next }),
      ...(extraction &&
        read && {
          extraction: {
            answer: read.fields.find(({ role }) => role === 'input')?.name ?? 'text',
            instructions: read.instructions,
            plans: plansOf(read, { adapter: extraction.adapter, jsonFallback, isExact }),
          },
        }),
    }
  })
}

function withoutExtraction(adapter: Adapter): Adapter {
  const { extraction: _, ...own } = adapter
  return own
}

function planOf(
  { format, messages, responseFormat }: PlannedRequest,
  about: Pick<Plan, 'withoutInstructions' | 'isExact'> & { readonly fields: readonly Field[]; readonly adapter: Adapter },
): Plan {
  const { adapter, fields, ...shared } = about
  // In JSON where the first layout could not be read.
  const layout = format === adapter.id || !adapter.fallback ? adapter.id : adapter.fallback.id
  return {
    format,
    layout,
    ...shared,
    fields: fields.map(({ name, role, type }) => ({ name, role, type })),
    system: textOf(messages[0]),
    // Without values a request is nothing but its reminder.
    reminder: textOf(messages.at(-1)),
    incompleteDemo: frameText.incompleteDemo,
    leftOut: frameText.leftOut,
    ...(responseFormat && {
      responseFormat:
        responseFormat.type === 'json_object'
          ? { type: 'json_object' }
          : { type: 'json_schema', json_schema: { name: responseFormat.name, schema: responseFormat.schema, strict: true } },
    }),
  }
}

function systemOf(request: PlannedRequest | undefined): string {
  return textOf(request?.messages[0])
}

function textOf(message: Message | undefined): string {
  if (typeof message?.content !== 'string') throw new Error('a prompt without values is a text')
  return message.content
}
