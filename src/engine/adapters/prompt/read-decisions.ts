import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { pythonStr } from '@/lib/python-text'
import { evidenceType } from '../../signature/decisions/question'
import { plainAnswer } from '../../signature/types/decision-kinds'
import type { DecisionType, FieldType } from '../../signature/types/field-type'
import type { PromptDemo, PromptField } from './prompt'

/** A decision that a prompt asks about: what its answer looks like, and in words what is asked and what each option stands for. */
export interface AskedDecision {
  readonly type: FieldType
  readonly desc: string
  /** Lines that the question takes. */
  readonly length: number
}

/** The question that stands as JSON behind the line of a field of this type; undefined for any other. */
export function decisionAt(typeText: string, lines: readonly string[], start: number): AskedDecision | undefined {
  if (!/^(?:Noul|Choice|Score)Evidence$/.test(typeText) || lines[start] !== '{') return undefined
  // Every line of it but the last is indented, so that no line is looked at for two questions.
  let end = start + 1
  while (lines[end]?.startsWith('  ')) end += 1
  const read = lines[end] === '}' ? parseJson(lines.slice(start, end + 1).join('\n')) : undefined
  if (!read?.ok || !isJsonObject(read.value)) return undefined
  const { type, instructions = null, criteria = null } = read.value
  const decision = decisionOf(type ?? null, criteria)
  const said = isJsonObject(criteria)
    ? Object.entries(criteria)
    : Array.isArray(criteria)
      ? [...(criteria as readonly Json[]).entries()]
      : []
  const words = said.flatMap(([label, desc]) => (desc === null ? [] : [`${String(label)}: ${textOf(desc)}`]))
  return decision && { type: evidenceType(decision), desc: [textOf(instructions), ...words].join('\n'), length: end + 1 - start }
}

function decisionOf(type: Json, criteria: Json): DecisionType | undefined {
  if (type === 'noul') return { kind: 'noul' }
  if (type === 'score' && Array.isArray(criteria)) return { kind: 'score', levels: criteria }
  if (type !== 'choice' || !isJsonObject(criteria)) return undefined
  return { kind: 'choice', options: Object.keys(criteria).map(value => ({ value, desc: null })) }
}

/** Parts instructions into the task and the demos that stand behind them as one list, which a step with decisions shows so. */
export function splitExamples(
  instructions: string,
  { inputs, outputs }: { readonly inputs: readonly PromptField[]; readonly outputs: readonly PromptField[] },
): { readonly instructions: string; readonly examples: readonly PromptDemo[] } {
  const lines = instructions.split('\n')
  const read = parseJson((lines.at(-1) ?? '').trim())
  if (!read.ok || !Array.isArray(read.value)) return { instructions, examples: [] }
  const demos = read.value.filter((demo: Json): demo is JsonObject => isJsonObject(demo))
  const valuesOf = (demo: JsonObject, fields: readonly PromptField[]): Readonly<Record<string, string>> =>
    Object.fromEntries(
      fields.flatMap(({ name }) => (Object.hasOwn(demo, name) ? [[name, pythonStr(plainAnswer(demo[name] ?? null))]] : [])),
    )
  return {
    instructions: lines.slice(0, -2).join('\n').trim(),
    examples: demos.map(demo => ({ text: JSON.stringify(demo), inputs: valuesOf(demo, inputs), outputs: valuesOf(demo, outputs) })),
  }
}

/** True where a prompt asks about a decision. */
export function asksDecision(fields: readonly PromptField[]): boolean {
  return fields.some(({ type }) => type.kind === 'class' && type.isClosed)
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)
}
