import { EngineError } from '@/engine/base/errors'
import { decisionFieldsSchema } from '@/engine/program/program-schema'
import type { DecisionFields } from '@/engine/signature/decisions/decision'
import { settingsProblem } from '@/engine/signature/decisions/settings'
import type { Signature } from '@/engine/signature/signature'
import { plainAnswer } from '@/engine/signature/types/decision-kinds'
import type { FieldType } from '@/engine/signature/types/field-type'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'

/** As a state file has them. */
export function decisionFieldsJson(fields: DecisionFields = {}): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, settings]) => [name, { ...settings }]))
}

const float: FieldType = { kind: 'float' }
const settingsType: FieldType = {
  kind: 'object',
  fields: { threshold: float, weights: { kind: 'dict', of: float }, cuts: { kind: 'list', of: float } },
}
/** Their numbers are floats. */
export const decisionFieldsType: FieldType = { kind: 'dict', of: settingsType }

/**
 * The settings of decisions in an entry. Throws `project-invalid` for those of another output and for values out of bounds, as DSPy does
 * not load such a file. Source: dspy-spec-3.4 §A.6, §B.5.
 */
export function readDecisions(given: JsonObject, signature: Signature, entry: string): DecisionFields {
  const read = decisionFieldsSchema.safeParse(given)
  // Keys that no decision has are among what the settings themselves are asked about.
  const problem = read.success ? settingsProblem(signature, given as DecisionFields) : 'a number is no number.'
  if (read.success && problem === undefined) return read.data
  throw new EngineError(
    'project-invalid',
    `The settings of decisions in "${entry}" cannot be taken, and DSPy would not load them: ${problem}`,
  )
}

/** The type of an output whose settings are all that a file tells of it; with its probabilities where a demo has them. */
export function typeOfDecision(settings: Json, values: readonly Json[]): FieldType | undefined {
  if (!isJsonObject(settings)) return undefined
  const { weights, cuts, criteria } = settings
  const isRich = values.some(isJsonObject)
  if (Array.isArray(cuts) || Array.isArray(criteria)) {
    const count = Array.isArray(cuts) ? cuts.length + 1 : (criteria as readonly Json[]).length
    return { kind: 'score', levels: Array.from({ length: count }, (_, at) => levelText(criteria, at)) }
  }
  const labels = [weights, criteria].flatMap(words => (isJsonObject(words) ? Object.keys(words) : []))
  const isNoul = weights === undefined && labels.every(label => label === 'true' || label === 'false')
  if (isNoul) return isRich ? { kind: 'noul' } : { kind: 'bool' }
  const shown = values.map(plainAnswer).filter(answer => typeof answer === 'string')
  const options = [...new Set([...labels, ...shown])]
  return isRich ? { kind: 'choice', options: options.map(value => ({ value, desc: null })) } : { kind: 'enum', values: options }
}

function levelText(criteria: Json | undefined, at: number): Json {
  const text: Json | undefined = Array.isArray(criteria) ? criteria[at] : undefined
  return text ?? `level ${at}`
}
