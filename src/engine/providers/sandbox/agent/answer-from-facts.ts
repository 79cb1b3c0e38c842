import type { Json } from '@/lib/json'
import type { Prompt, PromptField } from '@/engine/adapters/prompt/prompt'
import { trajectoryIn, type PromptTurn } from '@/engine/adapters/prompt/read-agent'
import type { EnumValue, FieldType } from '@/engine/signature/types/field-type'
import { indexOf } from '../text/demo-index'
import { extract } from '../text/extract'
import type { Noise } from '../text/noise'
import { showNumber } from '../text/plans'
import { readProblem } from '../text/quantities'
import type { Answer } from '../text/reasoning'
import { isCount, shapeOf } from './names'
import { statementsOf } from './advice'
import { stem, words } from '../text/words'
import { factsOf, type Fact } from './facts'
import { matchAmong, matchOf, questionOf, sharesOf } from './match'
import { readingsOf, type Operation, type Reading } from './readings'

/** The answer to a question out of an agent's trajectory; undefined where its tools told nothing that fits the field. */
export function answerFromFacts(field: PromptField, prompt: Prompt, turns: readonly PromptTurn[], noise: Noise): Answer | undefined {
  const question = questionOf(prompt.request)
  const facts = factsOf(turns)
  const type = field.type.kind === 'optional' ? field.type.of : field.type
  const options = optionsOf(type)
  if (options !== undefined) {
    // A tool may name one of the choices outright.
    const named = facts.findLast(({ value }) => options.some(option => sameText(String(option), String(value))))
    const option = options.find(one => sameText(String(one), String(named?.value)))
    return option === undefined ? undefined : answer(option, `${named?.name ?? ''} is ${String(option)}`)
  }
  const readings = readingsOf(question, facts).filter(reading => fits(reading, type))
  const votes = votesFor(question, field.name, prompt)
  const advice = statementsOf(`${prompt.instructions}\n${field.desc}`)
  const adviceMatches = matchAmong(question, advice)
  const [best] = readings
    .map(reading => ({
      reading,
      score:
        formFit(reading, question, type) +
        operationFit(reading, question) -
        (isAskedAbout(reading, question) ? 1.2 : 0) +
        0.9 * matchOf(`${question} ${field.name.replace(/answer|result/gi, '')}`, reading.about) +
        0.12 * reading.turn +
        adviceFor(reading, advice, adviceMatches) +
        (votes.ways.get(reading.way) ?? 0) +
        (votes.forms.get(reading.form) ?? 0) +
        noise.jitter(`way ${reading.way}`),
    }))
    .sort((a, b) => b.score - a.score)
  if (best === undefined) return undefined
  const { value, steps, form } = best.reading
  return answer(spelled(value, form, type, question, facts, noise), steps)
}

function answer(value: Json, steps: string): Answer {
  return { value, number: { value: Number(value), steps: [steps.charAt(0).toUpperCase() + steps.slice(1)] } }
}

function optionsOf(type: FieldType): readonly EnumValue[] | undefined {
  return type.kind === 'enum' ? type.values : undefined
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [one.trim().toLowerCase(), other.trim().toLowerCase()]
  return a === b || (a !== '' && b !== '' && Math.abs(Number(a) - Number(b)) < 1e-6)
}

function fits({ form, value }: Reading, type: FieldType): boolean {
  switch (type.kind) {
    case 'int':
      return form === 'number' && Number.isInteger(value)
    case 'float':
      return form === 'number'
    case 'bool':
      return form === 'yes-no'
    case 'str':
    case 'any':
      return true
    default:
      return false
  }
}

function spelled(value: Json, form: Reading['form'], type: FieldType, question: string, facts: readonly Fact[], noise: Noise): Json {
  if (form === 'yes-no') {
    const isYes = value === true || /^(yes|true)$/i.test(String(value))
    return type.kind === 'bool' ? isYes : isYes ? 'yes' : 'no'
  }
  if (form === 'number') return type.kind === 'str' || type.kind === 'any' ? showNumber(Number(value)) : value
  const text = String(value)
  // Of a long text only the part that the question is about.
  return text.length > 120 || facts.length === 1 ? extract({ text, focus: question, wish: '', demos: [], noise }) || text : text
}

/** True where a text only gives back what the question is about. */
function isAskedAbout({ form, value }: Reading, question: string): boolean {
  const known = new Set(words(question).map(stem))
  return form === 'text' && words(String(value)).every(word => known.has(stem(word)))
}

const yesNo = /(?:^|[.!?]\s+|,\s*)(?:do|does|did|can|could|is|are|was|were|have|has|will|would|may|might)\b/i

/** Which form a question asks for, as its wording says in general. */
function formFit({ form }: Reading, question: string, type: FieldType): number {
  if (type.kind !== 'str' && type.kind !== 'any') return 0
  if (yesNo.test(question)) return form === 'yes-no' ? 1 : 0
  if (form === 'yes-no') return -1
  if (/\bhow (?:many|much|long|far|heavy)\b/i.test(question)) return form === 'number' ? 0.7 : -0.3
  if (/\b(?:who|whose)\b/i.test(question)) return form === 'text' ? 0.6 : -0.5
  if (/\b(?:which|name)\b/i.test(question)) return form === 'text' ? 0.6 : 0
  return 0
}

/** What general English says about the operation; anything beyond it has to be learnt from the prompt. */
function operationFit({ operation, about, form }: Reading, question: string): number {
  switch (operation) {
    case 'take':
    case 'first':
      return 0.2
    case 'compare':
      return 0.1
    case 'times':
      if (/\b(?:together|altogether|in all|in total|for all)\b/i.test(question)) return 0.6
      // Several pieces of something with a price: whether one or all are meant is a toss-up without a word that says so.
      return matchOf('price', about) > 0 ? 0.2 : -0.3
    case 'sum':
      return /\b(?:together|altogether|in all|total)\b/i.test(question) ? 0.6 : -0.3
    case 'count':
      return /\bhow many\b/i.test(question) && !readProblem(question).quantities.some(isCount) ? 0.4 : -0.5
    case 'least':
    case 'most':
      return extremeFit(operation, form, about, question)
  }
}

function extremeFit(operation: 'least' | 'most', form: Reading['form'], about: string, question: string): number {
  for (const [pattern, end, what] of superlatives) {
    if (pattern.test(question)) return end === operation ? 0.9 + (what === '' ? 0 : matchOf(what, about)) : -0.6
  }
  // One of several is wanted, by a measure that no known word names: any of them is as likely as the first.
  return form === 'text' && /\bwhich\b/i.test(question) ? 0.2 : -0.6
}

const superlatives: readonly (readonly [RegExp, 'least' | 'most', string])[] = [
  [/\b(?:cheapest|least expensive)\b/i, 'least', 'price cost'],
  [/\b(?:dearest|most expensive|priciest)\b/i, 'most', 'price cost'],
  [/\b(?:lightest)\b/i, 'least', 'weight'],
  [/\b(?:heaviest)\b/i, 'most', 'weight'],
  [/\b(?:smallest|lowest|fewest|least|shortest|youngest|minimum)\b/i, 'least', ''],
  [/\b(?:biggest|largest|highest|most|longest|tallest|oldest|maximum)\b/i, 'most', ''],
]

const operationSigns: Readonly<Record<Operation, RegExp>> = {
  take: /\b(?:as it (?:is|stands)|alone|itself|result)\b/i,
  times: /\b(?:multipl\w*|times|for each piece|by the number)\b/i,
  sum: /\b(?:add\w*|sum\w*|total\w*)\b/i,
  compare: /\b(?:compare\w*|yes or no|at least|enough)\b/i,
  least: /\b(?:lowest|least|smallest|minimum|cheapest)\b/i,
  most: /\b(?:highest|most|largest|maximum|dearest)\b/i,
  count: /\b(?:count\w*|how many)\b/i,
  first: /\bfirst\b/i,
}

/** Statements that name an operation and the value it goes by speak for the reading, the more the more they are about such questions. */
function adviceFor({ operation, about }: Reading, statements: readonly string[], matches: readonly number[]): number {
  let best = 0
  for (const [at, statement] of statements.entries()) {
    const names = Math.min(1, matchOf(statement, about))
    if (operationSigns[operation].test(statement) && names > 0) best = Math.max(best, 0.3 * names + 1.4 * Math.min(1, matches[at] ?? 0))
  }
  return best
}

interface Votes {
  readonly ways: ReadonlyMap<string, number>
  readonly forms: ReadonlyMap<Reading['form'], number>
}

/** Which ways explain the answers that demos give to like questions; a demo without its trajectory still tells the form. */
function votesFor(question: string, name: string, { demos }: Prompt): Votes {
  const ways = new Map<string, number>()
  const forms = new Map<Reading['form'], number>()
  const solved = demos.flatMap(demo => {
    const answer = demo.outputs[name]
    return answer === undefined ? [] : [{ question: questionOf(demo.inputs), answer, facts: factsOf(trajectoryIn(demo.inputs) ?? []) }]
  })
  if (solved.length === 0) return { ways, forms }
  const similarity = likenessOf(question, solved)
  for (const [form, share] of sharesOf(
    solved.map(({ answer }) => ({ answer: formOf(answer) })),
    similarity,
  ))
    forms.set(form, 0.6 * share)
  const explained = solved.filter(({ facts }) => facts.length > 0)
  const fits = explained.flatMap((demo, at) => {
    const fitting = readingsOf(demo.question, demo.facts).filter(({ value, form }) => sameText(written(value, form), demo.answer))
    return fitting.map(({ way }) => ({ answer: way, at }))
  })
  const near = likenessOf(question, explained)
  // A demo may be explained in several ways: all of them get its whole weight, and those that explain the others as well win.
  const whole = sharesOf(
    explained.map((_, at) => ({ answer: at })),
    near,
  )
  for (const { answer, at } of fits) ways.set(answer, (ways.get(answer) ?? 0) + (whole.get(at) ?? 0))
  return { ways, forms }
}

function likenessOf(question: string, solved: readonly { readonly question: string }[]): readonly number[] {
  return indexOf(solved.map(one => ({ bag: shapeOf(one.question), answer: '', weight: 1, text: '' }))).similarity(
    shapeOf(question),
    'meaning',
  )
}

function written(value: Json, form: Reading['form']): string {
  if (form === 'yes-no') return value === true || /^(yes|true)$/i.test(String(value)) ? 'yes' : 'no'
  return form === 'number' ? showNumber(Number(value)) : String(value)
}

function formOf(answer: string): Reading['form'] {
  if (/^(?:yes|no|true|false)$/i.test(answer.trim())) return 'yes-no'
  return /^[-$€£]?[\d.,]+$/.test(answer.trim()) ? 'number' : 'text'
}
