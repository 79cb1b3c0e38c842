import type { Label } from './classify'
import type { Prompt, PromptField } from '@/engine/adapters/prompt/prompt'
import { valuesOfEnum } from '@/engine/signature/types/class-kinds'
import { pythonStr } from '@/lib/python-text'
import { words } from './words'
import { trimEndOf } from '@/lib/trim-of'

/** The answers a field chooses among, or undefined when it is free text or a number. */
export function labelsOf(field: PromptField, prompt: Prompt): readonly Label[] | undefined {
  if (field.type.kind === 'enum-class') return valuesOfEnum(field.type).map(value => labelOf(pythonStr(value)))
  if (field.type.kind === 'enum') return field.type.values.map(value => labelOf(pythonStr(value)))
  if (field.type.kind === 'bool') {
    return [
      { value: 'True', name: `${field.name.replace(/^(is|has|are|was|should|can)_/, '')} yes true`, credit: 0 },
      { value: 'False', name: 'no false', credit: 0.15 },
    ]
  }
  if (field.type.kind !== 'str' && field.type.kind !== 'any') return undefined
  const listed = listedLabels(field.desc) ?? listedLabels(prompt.instructions)
  const shown = shownLabels(field, prompt)
  if (shown === undefined && (listed === undefined || isProse(field.name))) return undefined
  return [...new Set([...(shown ?? []), ...(shown === undefined ? (listed ?? []) : [])])].map(labelOf)
}

function labelOf(value: string): Label {
  return { value, name: value, credit: /^(other|none|general|misc|miscellaneous|unknown|neutral)$/i.test(value) ? 0.25 : 0 }
}

/** Demo answers that are few, short and come back: a set of labels though the type is plain text. */
function shownLabels(field: PromptField, prompt: Prompt): readonly string[] | undefined {
  const shown = prompt.demos
    .map(demo => ({ answer: demo.outputs[field.name], text: Object.values(demo.inputs).join(' ').toLowerCase() }))
    .filter(demo => demo.answer !== undefined)
  const answers = shown.map(demo => demo.answer ?? '')
  const distinct = [...new Set(answers)]
  if (answers.length < 2 || answers.some(answer => words(answer).length > 5 || answer === '' || /^[-$€£]?\d/.test(answer))) return undefined
  const copied = shown.filter(demo => demo.text.includes((demo.answer ?? '').toLowerCase())).length
  if (copied > shown.length * 0.5 && distinct.length > shown.length * 0.4) return undefined
  const comesBack = distinct.length <= Math.max(2, answers.length * 0.6)
  return comesBack ? distinct : undefined
}

/** "one of: a, b or c", "either spam or ham", "(positive / negative)". */
export function listedLabels(text: string): readonly string[] | undefined {
  const found =
    /\b(?:one of|either|whether[^.\n]*?is|options(?: are)?|labels(?: are)?|categories(?: are)?|choose (?:from|between)|as)\b[:\s]+([^.\n]+)/i.exec(
      text,
    )?.[1] ?? /^\(?([\w-]+(?:\s*[/|]\s*[\w-]+)+)\)?/.exec(text.trim())?.[1]
  const parts = (found ?? '')
    .split(/,|\/|\||\bor\b|\band\b/i)
    .map(part => trimEndOf(part, /[\s"'`)\]}]/).replace(/^[\s"'`([{]+/, ''))
    .filter(part => part !== '')
  return parts.length >= 2 && parts.every(part => words(part).length <= 3) ? parts : undefined
}

function isProse(name: string): boolean {
  return /summary|explanation|reason|rationale|description|observation|instruction|text|message|reply|response|draft/i.test(name)
}
