import type { Values } from '@/engine/base/example'
import { predictorsOf } from '@/engine/graph/predictors'
import type { PredictorId, Program } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import { type Message, plainText } from '@/engine/lm/parts'
import { estimatePromptTokens } from '@/engine/lm/usage'
import type { PlannedRequest } from '@/engine/modules/predict'
import { wireMessages, wireTool } from '@/engine/providers/openai/wire-messages'
import type { FieldSource } from './demo-from-row'
import { trimEndOf } from '@/lib/trim-of'

/** Values for the adapter; what is not known yet stands as a placeholder that nobody takes for data. */
export function placeholderValues(sources: Readonly<Record<string, FieldSource>>): Values {
  return Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [name, 'value' in source ? source.value : `⟨${source.missing}⟩`]),
  )
}

/** Inputs of a predictor that its step makes while it runs, such as an agent's trajectory: no wire brings them. */
export function madeByStep({ graph, state }: Program, predictorId: PredictorId): readonly string[] {
  const predictor = predictorsOf(graph).find(({ id }) => id === predictorId)
  if (predictor === undefined) return []
  const known = new Set([...predictor.node.fields.map(({ name }) => name), ...Object.keys(predictor.given)])
  return predictor.signature(state).fields.flatMap(({ name, role }) => (role === 'input' && !known.has(name) ? [name] : []))
}

export function placeholders(names: readonly string[]): Values {
  return Object.fromEntries(names.map(name => [name, `⟨${name}⟩`]))
}

/** A guess before the call; the provider's own count stands in the output. */
export function estimateTokens(messages: readonly Message[]): number {
  return estimatePromptTokens({ model: '', messages, settings: {} })
}

export function messagesAsJson(messages: readonly Message[]): string {
  return JSON.stringify(messages, undefined, 2)
}

export function messagesAsText(messages: readonly Message[]): string {
  return messages.map(message => `### ${message.role}\n${plainText(message.content)}`).join('\n\n')
}

/** A request one can paste into a shell. No key is in it: the shell's own variable is named. Nor is the data of files: each has a place. */
export async function messagesAsCurl(
  { messages, tools }: Pick<PlannedRequest, 'messages' | 'tools'>,
  model: ModelSpec | undefined,
): Promise<string> {
  const { temperature, maxTokens, topP, stop, seed, reasoningEffort } = model?.settings ?? {}
  const body = {
    model: model?.model ?? 'MODEL',
    messages: await wireMessages(messages, async ({ $blob }) => `BASE64_OF_${$blob.slice(0, 8)}`),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stop === undefined ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
    ...(reasoningEffort === undefined ? {} : { reasoning_effort: reasoningEffort }),
    ...(tools === undefined ? {} : { tools: tools.map(wireTool) }),
  }
  const url = `${trimEndOf(model?.baseUrl ?? 'https://api.openai.com/v1', /\//)}/chat/completions`
  return [
    `curl ${quoted(url)} \\`,
    `  -H 'content-type: application/json' \\`,
    `  -H "authorization: Bearer $OPENAI_API_KEY" \\`,
    `  -d ${quoted(JSON.stringify(body))}`,
  ].join('\n')
}

/** Single quotes keep everything as it is but a single quote. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
