import type { Json } from '@/lib/json'
import { optionLabel, noulPairs } from '../types/decision-kinds'
import type { ClassField, DecisionType, FieldType } from '../types/field-type'
import { labelsOf, type Decision } from './decision'

/** The question as JSON, as it stands in a prompt. Source: dspy-spec-3.4 §B.3. */
export function questionText({ field, type, settings }: Decision): string {
  const { instructions = field.desc, criteria } = settings
  const text = criteria === undefined ? typeText(type) : jsonText(criteria)
  return objectText([
    ['instructions', jsonText(instructions)],
    ['type', jsonText(type.kind)],
    ...(text === undefined ? [] : [['criteria', text] as const]),
  ])
}

/** What the type says of its options; undefined for a yes or no that says nothing. */
function typeText(type: DecisionType): string | undefined {
  if (type.kind === 'score') return jsonText(type.levels)
  if (type.kind === 'choice')
    return objectText(type.options.map(option => [optionLabel(option), jsonText(option.desc === '' ? null : option.desc)]))
  return type.criteria && objectText(noulPairs(type).map(([isTrue, desc]) => [String(isTrue), jsonText(desc)]))
}

/** Keys in their order: an object of JavaScript would put one such as `3` first. */
function objectText(entries: readonly (readonly [string, string])[]): string {
  if (entries.length === 0) return '{}'
  return `{\n${entries.map(([key, text]) => `  ${JSON.stringify(key)}: ${text.replaceAll('\n', '\n  ')}`).join(',\n')}\n}`
}

function jsonText(value: Json): string {
  return JSON.stringify(value, undefined, 2)
}

/** What a model is asked to write in place of the decision: how likely each answer is. Nothing else may stand in it. */
export function evidenceType(type: DecisionType): FieldType {
  if (type.kind === 'noul')
    return { kind: 'class', name: 'NoulEvidence', isClosed: true, fields: [{ name: 'noul', type: share, desc: evidenceText.noul }] }
  const name = type.kind === 'choice' ? 'Choice' : 'Score'
  const options = labelsOf(type).map((label, at): ClassField => ({ name: label, type: share, attribute: `option_${at}` }))
  return {
    kind: 'class',
    name: `${name}Evidence`,
    isClosed: true,
    fields: [
      {
        name: 'probabilities',
        type: { kind: 'class', name: `${name}Probabilities`, isClosed: true, fields: options },
        desc: evidenceText.probabilities,
      },
      { name: 'confidence', type: share, desc: evidenceText.confidence },
    ],
  }
}

/** Said of the parts of an answer, in prompts. */
export const evidenceText = {
  noul: 'How likely it is true, from 0 to 1.',
  probabilities: 'How likely each option is; together they make 1.',
  confidence: 'How sure the decision is, from 0 to 1.',
} as const

const share: FieldType = { kind: 'float', constraints: { ge: 0, le: 1 } }
