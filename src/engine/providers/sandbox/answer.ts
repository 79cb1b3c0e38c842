import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { trajectoryIn } from '@/engine/adapters/prompt/read-agent'
import { pythonStr } from '@/lib/python-text'
import { coerceValue } from '@/engine/signature/check-value'
import { answerType } from '@/engine/signature/types/decision-kinds'
import { valuesOfEnum } from '@/engine/signature/types/class-kinds'
import type { FieldType, TypeOf } from '@/engine/signature/types/field-type'
import { boundedCache } from '@/lib/bounded-cache'
import { asAgent, asSeen, returnedFor, writeCode } from './code/write-code'
import { bagOf } from './text/bag'
import { classify, type Choice, type Label } from './text/classify'
import { highlightedBag, indexOf, type DemoIndex } from './text/demo-index'
import { answerFromFacts } from './agent/answer-from-facts'
import { converse } from './agent/conversation'
import { withObservations } from './agent/facts'
import { nextTurn } from './agent/next-turn'
import { extract, extractSpan } from './text/extract'
import { evidenceFor } from './evidence'
import { judge } from './judge'
import { labelsOf } from './text/labels'
import type { Noise } from './text/noise'
import { answerNumber } from './text/numeric'
import { showNumber } from './text/plans'
import { readProblem } from './text/quantities'
import type { Prompt, PromptField, PromptValues } from '@/engine/adapters/prompt/prompt'
import type { PromptMessage } from '@/engine/adapters/prompt/read-prompt'
import { conversationTurn } from '@/engine/adapters/prompt/read-turns'
import { reasonFor, type Answer } from './text/reasoning'
import { readRules } from './text/rules'
import { terms, words } from './text/words'
import { instructionFrom, prefixFrom } from './write-instruction'

/** A value for every output field; a grade with its reasons where one is asked for. A free text in front of another output makes the later ones careful, and says why they came out. */
export function answerAll(asked: Prompt, noise: Noise, messages: readonly PromptMessage[] = []): Readonly<Record<string, Json>> {
  if (asked.tools.length > 0) return nextTurn(asked, noise)
  const conversation = conversationTurn(asked, messages)
  if (conversation !== undefined) return converse(conversation, noise, prompt => answerFields(prompt, noise))
  const code = writeCode(asked, noise, (field, prompt) => answerField(field, prompt, noise, true))
  return code ?? answerFields(asSeen(asAgent(asked)), noise)
}

function answerFields(prompt: Prompt, noise: Noise): Readonly<Record<string, Json>> {
  const values: Record<string, Json> = {}
  const last = prompt.outputs.length - 1
  const judgement = judge(prompt)
  if (judgement) {
    for (const [at, { name }] of prompt.outputs.entries()) values[name] = at === last ? judgement.score : judgement.reasons
    return values
  }
  const turns = trajectoryIn(prompt.request)
  const asked = turns === undefined ? prompt : withObservations(prompt)
  const answers = prompt.outputs.map((field, at) => {
    if (at < last && isThinking(field)) return undefined
    const isCareful = prompt.outputs.slice(0, at).some(earlier => earlier.type.kind === 'str')
    const found = returnedFor(field, prompt) ?? (turns && answerFromFacts(field, prompt, turns, noise))
    return found === undefined ? answerField(field, asked, noise, isCareful) : found
  })
  prompt.outputs.forEach((field, at) => {
    const own = answers[at]
    const reason = own ?? answers.slice(at + 1).find(later => later !== undefined)
    values[field.name] = own !== undefined ? own.value : reasonFor(reason, prompt, prompt.outputs.at(-1)?.name ?? '', noise)
  })
  return values
}

function isThinking(field: PromptField): boolean {
  return (
    (field.type.kind === 'str' || field.type.kind === 'any' || field.type.kind === 'reasoning') &&
    /reason|rationale|thought|think|explanation|analysis|working|steps|scratch/i.test(field.name)
  )
}

function answerField(field: PromptField, prompt: Prompt, noise: Noise, isCareful: boolean): Answer {
  if (/instruction/i.test(field.name)) return { value: instructionFrom(prompt.request, prompt.instructions, noise) }
  if (/prefix/i.test(field.name)) return { value: prefixFrom(prompt.request) }
  const labels = labelsOf(field, prompt)
  if (labels !== undefined) return chosen(field, labels, prompt, noise, isCareful)
  return valueOf(field, field.type, prompt, noise, isCareful)
}

function valueOf(field: PromptField, type: FieldType, prompt: Prompt, noise: Noise, isCareful: boolean): Answer {
  switch (type.kind) {
    case 'int':
    case 'float':
      return numbered(field, prompt, noise, isCareful, type.kind === 'int')
    case 'enum':
    case 'enum-class':
    case 'bool':
      return answerField({ ...field, type }, prompt, noise, isCareful)
    case 'noul':
    case 'choice':
    case 'score':
      return { value: { confidence: 0.5, value: valueOf(field, answerType(type), prompt, noise, isCareful).value } }
    case 'class': {
      const evidence = evidenceFor(type, field, of => rank({ ...field, ...of }, of.labels, prompt, noise, isCareful))
      if (evidence !== undefined) return { value: evidence }
      const parts = type.fields.map(({ name, type: inner, desc = '' }) => {
        const part = answerField({ name, type: inner, desc }, partOf(prompt, field.name, name), noise, isCareful)
        return [name, part.value] as const
      })
      return { value: Object.fromEntries(parts) }
    }
    case 'optional':
      // One level is enough: what it holds of itself stays empty.
      if (type.of.kind === 'itself') return { value: null }
      return valueOf(field, type.of, prompt, noise, isCareful)
    case 'union':
      return valueOf(field, type.of[0] ?? { kind: 'any' }, prompt, noise, isCareful)
    case 'list':
    case 'set':
      return { value: listOf(field, type.of, prompt, noise, isCareful) }
    case 'tuple':
      return { value: tupleOf(field, type, prompt, noise, isCareful) }
    case 'dict':
    case 'itself':
      return { value: {} }
    case 'object': {
      const parts = Object.entries(type.fields).map(
        ([name, inner]) =>
          [name, answerField({ name, type: inner, desc: '' }, partOf(prompt, field.name, name), noise, isCareful).value] as const,
      )
      return { value: Object.fromEntries(parts) }
    }
    case 'date':
    case 'datetime':
    case 'time':
      return { value: timeIn(textOf(prompt.request), type) }
    case 'tool-calls':
      return { value: { tool_calls: [] } }
    case 'citations':
      return { value: { citations: [] } }
    case 'str':
    case 'any':
    case 'code':
    case 'reasoning':
    case 'image':
    case 'audio':
    case 'file':
    case 'history':
    case 'tool':
    case 'document':
      return isNumberWanted(field, prompt)
        ? numbered(field, prompt, noise, isCareful, false, true)
        : { value: freeText(field, prompt, noise) }
  }
}

function tupleOf(field: PromptField, { items, rest }: TypeOf<'tuple'>, prompt: Prompt, noise: Noise, isCareful: boolean): Json {
  if (rest) return listOf(field, rest, prompt, noise, isCareful)
  return items.map(of => answerField({ ...field, type: of }, { ...prompt, demos: [] }, noise, isCareful).value)
}

/** The first day or time that the text names and the type can hold; else the first day of the epoch, as any other guess would be worse. */
function timeIn(text: string, type: FieldType): Json {
  for (const [found] of text.matchAll(/\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?|\d\d:\d\d(?::\d\d)?/g)) {
    const fitted = coerceValue(type, found)
    if (fitted.ok) return fitted.value
  }
  return type.kind === 'time' ? '00:00:00' : type.kind === 'date' ? '1970-01-01' : '1970-01-01T00:00:00'
}

/** A prompt whose demos hold one part of an object field, so that the part can be answered like a field. */
function partOf(prompt: Prompt, field: string, part: string): Prompt {
  return {
    ...prompt,
    demos: prompt.demos.flatMap(demo => {
      const whole = parseJson(demo.outputs[field] ?? '')
      const value = whole.ok && isJsonObject(whole.value) ? whole.value[part] : undefined
      return value === undefined
        ? []
        : [{ ...demo, text: `${demo.text} ${part}`, outputs: { [part]: typeof value === 'string' ? value : JSON.stringify(value) } }]
    }),
  }
}

function chosen(field: PromptField, labels: readonly Label[], prompt: Prompt, noise: Noise, isCareful: boolean): Answer {
  const choices = rank(field, labels, prompt, noise, isCareful)
  const choice = choices[0]
  if (choice === undefined) return { value: null }
  return { value: typed(field.type, choice.value), choice }
}

function rank(field: PromptField, labels: readonly Label[], prompt: Prompt, noise: Noise, isCareful: boolean): readonly Choice[] {
  return classify({
    text: textOf(prompt.request),
    labels,
    rules: readRules(
      `${prompt.instructions}\n${field.desc}`,
      labels.map(label => label.value),
    ),
    demos: demoIndex(field, prompt),
    noise,
    isCareful,
  })
}

const indexes = boundedCache<DemoIndex<string>>(128)

function demoIndex(field: PromptField, prompt: Prompt): DemoIndex<string> {
  const thinking = prompt.outputs.filter(output => output.name !== field.name && isThinking(output))
  const isSchooled = thinking.length > 0 && prompt.outputs.at(-1)?.name === field.name
  return indexes.of(`${field.name}\u0001${prompt.demos.map(demo => demo.text).join('\u0000')}`, () =>
    indexOf(
      prompt.demos.flatMap(demo => {
        const answer = demo.outputs[field.name]
        if (answer === undefined) return []
        const text = textOf(demo.inputs)
        const reasoning = thinking.map(output => demo.outputs[output.name] ?? '').join(' ')
        // A demo that leaves out the asked reasoning shows the answer but not how to get there.
        const weight = isSchooled && reasoning.trim() === '' ? 0.85 : 1
        const bag = reasoning.trim() === '' ? bagOf(text) : highlightedBag(text, reasoning)
        return [{ bag, answer: normalBool(field, answer), weight, text }]
      }),
    ),
  )
}

function normalBool(field: PromptField, answer: string): string {
  if (field.type.kind !== 'bool') return answer
  return /^(true|yes|1|on)$/i.test(answer) ? 'True' : 'False'
}

function typed(type: FieldType, value: string): Json {
  if (type.kind === 'bool') return value === 'True'
  const options = type.kind === 'enum' ? type.values : type.kind === 'enum-class' ? valuesOfEnum(type) : undefined
  if (options) return options.find(one => pythonStr(one) === value) ?? value
  return value
}

function numbered(field: PromptField, prompt: Prompt, noise: Noise, isCareful: boolean, isWhole: boolean, asText = false): Answer {
  const number = answerNumber({
    text: textOf(prompt.request),
    solved: prompt.demos.flatMap(demo => {
      const answer = numberIn(demo.outputs[field.name])
      const working = prompt.outputs
        .filter(output => output.name !== field.name)
        .map(output => demo.outputs[output.name] ?? '')
        .join(' ')
      return answer === undefined ? [] : [{ text: textOf(demo.inputs), answer, ...(working.trim() === '' ? {} : { working }) }]
    }),
    instructions: prompt.instructions,
    noise,
    isCareful,
    isWhole: isWhole || /\bhow many\b/i.test(textOf(prompt.request)),
  })
  const value = isWhole ? Math.round(number.value) : Math.round(number.value * 10000) / 10000
  return { value: asText ? showNumber(value) : value, number }
}

function numberIn(text: string | undefined): number | undefined {
  const digits = /-?\d[\d,]*(?:\.\d+)?|-?\.\d+/.exec(text ?? '')?.[0].replace(/,/g, '')
  return digits === undefined ? undefined : Number(digits)
}

/** A plain-text field is a number when its demos are, or when, with none, a sum is set and an answer asked for. */
function isNumberWanted(field: PromptField, prompt: Prompt): boolean {
  const shown = prompt.demos.map(demo => demo.outputs[field.name]).filter(answer => answer !== undefined)
  if (shown.length > 0)
    return shown.every(answer => /^[-$€£]?[\d.,]+\s*\p{L}{0,12}$/u.test(answer.trim()) && numberIn(answer) !== undefined)
  const text = textOf(prompt.request)
  return (
    /answer|result|total|number|count|amount|value/i.test(field.name) &&
    /\b(how (many|much|long|far|old|tall|heavy)|total|calculate|convert|work out)\b|\d\s*[-+*/×÷]\s*\(?\d/i.test(text) &&
    readProblem(text).quantities.length >= 1
  )
}

function listOf(field: PromptField, of: FieldType, prompt: Prompt, noise: Noise, isCareful: boolean): Json {
  if (of.kind === 'itself') return []
  if (of.kind === 'enum-class') return listOf(field, { kind: 'enum', values: valuesOfEnum(of) }, prompt, noise, isCareful)
  const text = textOf(prompt.request)
  if (of.kind === 'enum') {
    const itemised = {
      ...prompt,
      demos: prompt.demos.flatMap(demo =>
        itemsOf(demo.outputs[field.name]).map(item => ({
          ...demo,
          text: `${demo.text}${item}`,
          outputs: { ...demo.outputs, [field.name]: item },
        })),
      ),
    }
    const choices = rank(
      field,
      of.values.map(value => ({ value: pythonStr(value), name: pythonStr(value), credit: 0 })),
      itemised,
      noise,
      isCareful,
    )
    const top = choices[0]?.score ?? 0
    return choices
      .filter((choice, at) => at === 0 || (choice.score > 0.6 * top && choice.score > 0.8))
      .map(choice => typed(of, choice.value))
  }
  if (of.kind === 'int' || of.kind === 'float') return readProblem(text).quantities.map(quantity => quantity.value)
  if (of.kind === 'object' || of.kind === 'class') return [valueOf(field, of, prompt, noise, isCareful).value]
  const counts = prompt.demos.map(demo => itemsOf(demo.outputs[field.name]).length).filter(count => count > 0)
  const wanted = counts.length === 0 ? 3 : Math.round(counts.reduce((sum, count) => sum + count, 0) / counts.length)
  return keyPhrases(text, wanted)
}

function itemsOf(answer: string | undefined): string[] {
  const parsed = parseJson(answer ?? '')
  return parsed.ok && Array.isArray(parsed.value) ? parsed.value.map(String) : []
}

/** Runs of meaning words, those with rare or repeated words first, as they stand in the text. */
function keyPhrases(text: string, wanted: number): string[] {
  const counts = new Map<string, number>()
  for (const term of terms(text)) counts.set(term, (counts.get(term) ?? 0) + 1)
  const phrases = (text.match(/[\p{L}\p{N}'’-]+(?: [\p{L}\p{N}'’-]+)?/gu) ?? []).filter(
    phrase => terms(phrase).length === words(phrase).length,
  )
  const score = (phrase: string): number =>
    terms(phrase).reduce((sum, term) => sum + (counts.get(term) ?? 0), 0) + (/^\p{Lu}/u.test(phrase) ? 0.5 : 0)
  return [...new Set(phrases)].sort((a, b) => score(b) - score(a)).slice(0, wanted)
}

function freeText(field: PromptField, prompt: Prompt, noise: Noise): string {
  const entries = Object.entries(prompt.request)
  const main = [...entries].sort((a, b) => b[1].length - a[1].length)[0]
  if (main === undefined) return ''
  const [name, text] = main
  const task = {
    text,
    focus: entries
      .filter(([other]) => other !== name)
      .map(([, value]) => value)
      .join(' '),
    wish: `${field.desc} ${prompt.instructions}`,
    demos: prompt.demos.flatMap(demo => {
      const output = demo.outputs[field.name]
      const input = demo.inputs[name]
      return output === undefined || input === undefined ? [] : [{ text: input, output }]
    }),
    noise,
  }
  return extractSpan(task) ?? extract(task)
}

function textOf(values: PromptValues): string {
  return Object.values(values).join('\n')
}
