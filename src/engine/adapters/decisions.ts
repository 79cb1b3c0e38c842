import type { Json } from '@/lib/json'
import type { Values } from '../base/example'
import type { Demo } from '../program/program'
import { decide } from '../signature/decisions/decide'
import { decisionsOf, type Decision, type DecisionFields, type Evidence, type Evidences } from '../signature/decisions/decision'
import { evidenceType, questionText } from '../signature/decisions/question'
import type { Field, Signature } from '../signature/signature'
import { formatJson } from './format-value'
import { frameText } from './frame-text'

/** A signature some of whose outputs are decided by probabilities, as a model is asked for them. */
export interface DecisionRequest {
  readonly decisions: readonly Decision[]
  /** Asks for probabilities in place of the decisions. Whatever adapter lays it out is given no demos. */
  signature(demos: readonly Demo[]): Signature
  /** What was said of the decisions in an answer; none where it is not about them. */
  evidence(answer: Values): Evidences
  /** The answer with the decisions that follow from it. Throws as `decide` does. */
  decided(answer: Values): Values
}

/**
 * What DSPy's DecisionAdapter does around any other adapter; undefined where no output is a decision. Demos hold answers and no
 * probabilities, so they are shown with the instructions rather than as turns, as they are: with what they lack.
 * Source: dspy-spec-3.4 §B.3, §B.6. The same object for the same signature and settings, since adapters keep what they made of it.
 */
export function decisionRequest(signature: Signature, fields: DecisionFields = noSettings): DecisionRequest | undefined {
  const bySettings = requests.get(signature) ?? new WeakMap<DecisionFields, { readonly of: DecisionRequest | undefined }>()
  requests.set(signature, bySettings)
  let known = bySettings.get(fields)
  if (known === undefined) bySettings.set(fields, (known = { of: requestFor(signature, fields) }))
  return known.of
}

const noSettings: DecisionFields = {}
const requests = new WeakMap<Signature, WeakMap<DecisionFields, { readonly of: DecisionRequest | undefined }>>()

function requestFor(written: Signature, settings: DecisionFields): DecisionRequest | undefined {
  const decisions = decisionsOf(written, settings)
  if (decisions.length === 0) return undefined
  const byName = new Map(decisions.map(decision => [decision.field.name, decision]))
  const fields = written.fields.map((field): Field => {
    const decision = field.role === 'output' ? byName.get(field.name) : undefined
    if (decision === undefined) return field
    const { default: _default, constraints: _constraints, ...asked } = field
    return { ...asked, type: evidenceType(decision.type), desc: `\n${questionText(decision)}` }
  })
  const bare: Signature = { instructions: written.instructions, fields }
  const withDemos = new WeakMap<readonly Demo[], Signature>()
  return {
    decisions,
    signature(demos) {
      if (demos.length === 0) return bare
      let known = withDemos.get(demos)
      if (known === undefined)
        withDemos.set(demos, (known = { fields, instructions: `${bare.instructions}\n\n${examplesText(written, demos)}` }))
      return known
    },
    evidence: answer =>
      Object.fromEntries(decisions.flatMap(({ field: { name } }) => (isEvidence(answer[name]) ? [[name, answer[name]]] : []))),
    decided: answer =>
      Object.fromEntries(
        Object.entries(answer).map(([name, value]) => {
          const decision = byName.get(name)
          return [name, decision && isEvidence(value) ? decide(decision, value) : value]
        }),
      ),
  }
}

/** The adapter read it by the type that it asked for. */
function isEvidence(value: Json | undefined): value is Evidence {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function examplesText({ fields }: Signature, demos: readonly Demo[]): string {
  const types = new Map(fields.map(({ name, type }) => [name, type]))
  const examples = demos.map(demo => {
    const entries = Object.entries(demo).flatMap(([name, value]) => {
      const type = types.get(name)
      return type === undefined ? [] : [`${JSON.stringify(name)}: ${formatJson(type, value)}`]
    })
    return `{${entries.join(', ')}}`
  })
  return `${frameText.decisionExamples}\n${inAscii(`[${examples.join(', ')}]`)}`
}

/** Python's `json.dumps` as it is: other letters by their numbers. */
function inAscii(json: string): string {
  return json.replace(/[^\n -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
