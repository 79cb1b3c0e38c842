import type { Json } from '@/lib/json'
import type { PromptField, PromptTool } from '@/engine/adapters/prompt/prompt'
import { coerceValue } from '@/engine/signature/check-value'
import { answerType } from '@/engine/signature/types/decision-kinds'
import { valuesOfEnum } from '@/engine/signature/types/class-kinds'
import type { FieldType } from '@/engine/signature/types/field-type'
import { solve } from '../text/arithmetic'
import { calculationIn } from '../text/expression'
import { extractSpan } from '../text/extract'
import { topicsOf } from '../text/lexicon'
import { noiseOf } from '../text/noise'
import { showNumber } from '../text/plans'
import { readProblem, type Quantity } from '../text/quantities'
import { isStopWord, nameWords, stem, words } from '../text/words'
import type { Fact } from './facts'
import { matchOf } from './match'
import { isCount, namesIn } from './names'

/** A value that an argument could have, where it was taken from, and how likely that is without any demo. */
export interface Candidate {
  readonly value: Json
  /** The same for the same way to find a value in any question: what demos vote for. */
  readonly source: string
  readonly score: number
  /** True where any question has such a value, so that it says nothing for the tool. */
  readonly isGeneric?: true
}

export interface Known {
  readonly question: string
  readonly facts: readonly Fact[]
  /** With the type it has when it is given. */
  readonly argument: PromptField
  readonly tool: PromptTool
}

/** `copied` are texts with the value that demos copied out of them. */
export function candidatesFor(known: Known, copied: readonly { readonly text: string; readonly output: string }[]): readonly Candidate[] {
  const { argument, question } = known
  const { type } = argument
  switch (type.kind) {
    case 'int':
    case 'float':
      return numbers(known, type.kind === 'int')
    case 'enum':
      return type.values.map(value => ({ value, source: `option:${value}`, score: 0.3 + matchOf(question, String(value)) }))
    case 'enum-class':
      return candidatesFor({ ...known, argument: { ...argument, type: { kind: 'enum', values: valuesOfEnum(type) } } }, copied)
    case 'bool':
      return [
        { value: true, source: 'yes', score: matchOf(question, aboutOf(argument)) },
        { value: false, source: 'no', score: 0.4 },
      ]
    case 'noul':
    case 'choice':
    case 'score':
      return candidatesFor({ ...known, argument: { ...argument, type: answerType(type) } }, copied).filter(
        ({ value }) => coerceValue(type, value).ok,
      )
    case 'list':
    case 'set': {
      const single = candidatesFor({ ...known, argument: { ...argument, type: type.of } }, copied).filter(({ score }) => score >= 0.4)
      return single.length === 0 ? [] : [{ value: single.map(({ value }) => value), source: 'all', score: 0.5 }]
    }
    case 'optional':
      return candidatesFor({ ...known, argument: { ...argument, type: type.of } }, copied)
    case 'union':
      return type.of.flatMap(of => candidatesFor({ ...known, argument: { ...argument, type: of } }, copied))
    case 'str':
    case 'any':
    case 'code':
    case 'reasoning':
      return texts(known, copied)
    case 'date':
    case 'datetime':
    case 'time':
      return times(known, type)
    case 'tuple':
    case 'dict':
    case 'object':
    case 'class':
    case 'itself':
    case 'image':
    case 'audio':
    case 'file':
    case 'history':
    case 'tool':
    case 'tool-calls':
    case 'document':
    case 'citations':
      return []
  }
}

/** Days and times that the question names. */
function times({ question }: Known, type: FieldType): readonly Candidate[] {
  return (question.match(/\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?|\d\d:\d\d(?::\d\d)?/g) ?? []).flatMap((text, at) => {
    const fitted = coerceValue(type, text)
    return fitted.ok ? [{ value: fitted.value, source: `time:${at}`, score: 0.6 - 0.05 * at }] : []
  })
}

function aboutOf({ name, desc }: PromptField): string {
  return `${nameWords(name).join(' ')} ${desc}`
}

function numbers({ question, facts, argument }: Known, isWhole: boolean): readonly Candidate[] {
  const about = aboutOf(argument)
  const isPlain = /^(?:[a-z]|n|num|number|value|amount|count|quantity|x\d|num\d)$/i.test(argument.name)
  const { quantities } = readProblem(question)
  const asked = quantities.map((quantity, at) => ({
    value: quantity.value,
    source: `number:${at}`,
    score: numberFit(quantity, about, isPlain, at),
  }))
  const told = lastOfEach(facts).flatMap(({ name, value, item }): readonly Candidate[] => {
    const number = typeof value === 'number' ? value : Number.NaN
    if (Number.isNaN(number)) return []
    const score = 0.15 + 0.8 * matchOf(about, name) - (item === undefined || item === 0 ? 0 : 0.3)
    const many = quantities.find(isCount)
    return [
      { value: number, source: `fact:${name}`, score },
      ...(many === undefined ? [] : [{ value: rounded(many.value * number), source: `times:${name}`, score: score - 0.25 }]),
    ]
  })
  return [...asked, ...told].filter(({ value }) => !isWhole || Number.isInteger(value))
}

export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

function numberFit({ unit }: Quantity, about: string, isPlain: boolean, at: number): number {
  if (isPlain) return 0.6 - 0.05 * at
  const match = unit === '' ? 0 : matchOf(about, unit === '$' ? 'price money' : unit)
  if (match > 0) return 0.5 + match
  return unit === '' ? 0.4 : 0.1
}

/** The newest fact of each name, entries of a list apart. */
function lastOfEach(facts: readonly Fact[]): readonly Fact[] {
  return [...new Map(facts.map(fact => [`${fact.name} ${fact.item ?? ''}`, fact])).values()].reverse()
}

function texts(known: Known, copied: readonly { readonly text: string; readonly output: string }[]): readonly Candidate[] {
  const { question, argument, facts } = known
  const about = `${argument.name} ${argument.desc}`
  const wants = (pattern: RegExp, by: number): number => (pattern.test(about) ? by : 0)
  const isName = wants(/\b(name|product|item|person|city|place|title|entity|who|id|code|symbol)/i, 0.4)
  const isSearch = wants(/\b(query|search|keyword|topic|kind|category|phrase|words)/i, 0.4)
  const isWhole = wants(/\b(question|text|message|input|sentence|request)/i, 0.5)
  const isWord = wants(/\b(word|term)\b/i, 0.5)
  const found: Candidate[] = []
  const add = (value: string, source: string, score: number): void => {
    const isGeneric = /^(?:phrase|whole|word)/.test(source)
    if (value.trim() !== '') found.push({ value: value.trim(), source, score, ...(isGeneric && { isGeneric }) })
  }
  const sum = wants(/express|formula|calculat|equation|arithmetic/i, 1)
  const calculation = calculationIn(question)
  if (calculation !== undefined) add(calculation.text, 'calculation', 0.3 + sum)
  const worked = sum > 0 ? expressionFor(question) : undefined
  if (worked !== undefined) add(worked, 'worked', 0.2 + sum)
  for (const [at, match] of [...question.matchAll(/"([^"\n]{1,80})"|“([^”\n]{1,80})”|`([^`\n]{1,80})`|«([^»\n]{1,80})»/g)].entries())
    add(match.slice(1).find(part => part !== undefined) ?? '', `quoted:${at}`, 0.7 + 0.5 * isName)
  for (const [at, { name, isSure }] of namesIn(question).entries())
    add(name, `name:${at}`, 0.45 + isName + 0.5 * isSearch - 0.1 * at - (isSure ? 0 : 0.4))
  for (const { name, value, item } of lastOfEach(facts)) {
    if (typeof value !== 'string' || value.length > 80) continue
    const isOwn = nameWords(name).at(-1) === nameWords(argument.name).at(-1)
    add(value, `fact:${name}:${item ?? 0}`, (isOwn ? 0.6 : 0.2) + isName + 0.4 * matchOf(question, value) - 0.05 * (item ?? 0))
  }
  add(phraseOf(question), 'phrase', 0.35 + 1.5 * isSearch)
  add(question, 'whole', 0.2 + isWhole)
  for (const [at, word] of rareWords(question).entries()) add(word, `word:${at}`, 0.25 + isWord - 0.04 * at)
  const learned = extractSpan({ text: question, focus: '', wish: '', demos: copied, noise: noiseOf(0, 0, 0) })
  if (learned !== undefined) add(learned, 'learned', 0.9)
  return found
}

/** A word problem as one expression: each step takes the place of its result in the next. */
function expressionFor(question: string): string | undefined {
  const outcome = solve({ text: question, solved: [], rules: new Map(), noise: noiseOf(0, 0, 0), isCareful: true, isWhole: false })
  let whole: string | undefined
  let result = ''
  for (const { text, result: value } of outcome?.steps ?? []) {
    const own = text.slice(0, text.indexOf(' = '))
    whole = whole === undefined ? own : own.replace(new RegExp(`(?<![\\d.])${result.replace('.', '\\.')}(?![\\d.])`), `(${whole})`)
    result = showNumber(value)
  }
  return whole
}

/** What is asked about in a few words: without question words, numbers and general verbs. */
function phraseOf(text: string): string {
  return words(text)
    .filter(word => !isStopWord(word) && !/^\d/.test(word) && !fillers.has(word))
    .join(' ')
}

const fillers = new Set(
  words(
    'how tell show give find look know much many costs cost price total altogether together one two three four five six seven eight nine ten',
  ),
)

/** Single words that carry meaning, those no dictionary has first, later ones before earlier ones. */
function rareWords(text: string): readonly string[] {
  const list = (text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []).filter(word => !isStopWord(word.toLowerCase()) && !/^\d/.test(word))
  return [...list].reverse().sort((a, b) => Number(isCommon(a)) - Number(isCommon(b)))
}

function isCommon(word: string): boolean {
  return topicsOf(stem(word.toLowerCase())).length > 0 || fillers.has(word.toLowerCase())
}
