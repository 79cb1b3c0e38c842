import { cutText } from '@/lib/cut-text'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import type { FieldType } from '@/engine/signature/types/field-type'
import type { Prompt, PromptField } from '../../adapters/prompt/prompt'
import { terms, words } from './text/words'

/** A grade and what it rests on. */
export interface Judgement {
  readonly score: Json
  readonly reasons: string
}

/**
 * The grade a prompt asks for: where one of its inputs is somebody's answer and its last output is a mark. An answer is graded by how far
 * it agrees with what is expected; where nothing is, by how much of it stands in the other inputs or in the criteria. Undefined for
 * every other prompt, and where demos show how to grade.
 */
export function judge(prompt: Prompt): Judgement | undefined {
  const mark = prompt.outputs.at(-1)
  const given = Object.entries(prompt.request).find(([name]) => isAnswer(name))
  const isReasoned = prompt.outputs.slice(0, -1).every(({ type }) => type.kind === 'str' || type.kind === 'any')
  if (mark === undefined || given === undefined || !isMark(mark) || !isReasoned || prompt.demos.length > 0) return undefined
  const wanted = Object.entries(prompt.request).find(([name]) => isExpectation(name))
  const { share, reasons } = wanted ? agreement(partsOf(given), partsOf(wanted)) : support(partsOf(given), prompt, given[0])
  return { score: onScale(share, mark), reasons: reasons.join(' ') }
}

function isMark({ name, type }: PromptField): boolean {
  return /score|grade|rating|verdict|(^|_)mark/i.test(name) && markTypes.has(type.kind)
}
const markTypes: ReadonlySet<FieldType['kind']> = new Set<FieldType['kind']>(['int', 'float', 'enum', 'bool'])

function isAnswer(name: string): boolean {
  return /outputs?$|answer|response|prediction/i.test(name) && !isExpectation(name)
}

function isExpectation(name: string): boolean {
  return /expected|reference|gold|label|correct/i.test(name)
}

interface Grade {
  /** 0–1. */
  readonly share: number
  readonly reasons: readonly string[]
}

/** The named values of an answer; a text that is not an object is one value under its field's name. */
function partsOf([name, text]: readonly [string, string]): ReadonlyMap<string, string> {
  const read = parseJson(text)
  if (read.ok && isJsonObject(read.value)) return new Map(Object.entries(read.value).map(([key, value]) => [key, plain(value)]))
  return new Map([[name, text]])
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function agreement(given: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): Grade {
  const only = given.size === 1 && wanted.size === 1 ? [...given.values()][0] : undefined
  const parts = [...wanted].map(([name, right]) => ({ name, right, got: only ?? given.get(name) ?? '' }))
  const likenesses = parts.map(({ right, got }) => similarity(got, right))
  const reasons = parts.map(({ name, right, got }, index) =>
    likenesses[index] === 1 ? `The ${name} ${short(got)} is right.` : `Expected ${short(right)} as ${name}, got ${short(got)}.`,
  )
  return { share: mean(likenesses), reasons }
}

/** 1 for the same words or number; a longer text gets its share of the words, a short one nothing. */
function similarity(got: string, right: string): number {
  const [own, wanted] = [words(got), words(right)]
  if (own.join(' ') === wanted.join(' ')) return 1
  if (wanted.length <= shortAnswer) return 0
  const rest = [...wanted]
  const shared = own.filter(word => {
    const at = rest.indexOf(word)
    if (at >= 0) rest.splice(at, 1)
    return at >= 0
  })
  return (2 * shared.length) / (own.length + wanted.length)
}
const shortAnswer = 3

function support(given: ReadonlyMap<string, string>, prompt: Prompt, answerName: string): Grade {
  const answered = [...new Set([...given.values()].flatMap(terms))]
  if (answered.length === 0) return { share: 0, reasons: ['There is no answer.'] }
  const others = Object.entries(prompt.request).flatMap(([name, text]) => (name === answerName ? [] : terms(text)))
  const known = new Set([...others, ...terms(prompt.instructions)])
  const lost = answered.filter(term => !known.has(term))
  const rests = `${answered.length - lost.length} of ${answered.length} telling words of the answer stand in the inputs or the criteria.`
  return {
    share: 1 - lost.length / answered.length,
    reasons: lost.length === 0 ? [rests] : [rests, `Nothing supports: ${lost.slice(0, 5).join(', ')}.`],
  }
}

/** The share of full marks as the field may say it: a number of the scale it names, or one of its words. */
function onScale(share: number, { type, desc }: PromptField): Json {
  if (type.kind === 'bool') return share >= passShare
  if (type.kind === 'enum') {
    const { values } = type
    if (values.every(value => typeof value === 'number'))
      return nearest(
        share,
        [...values].sort((a, b) => a - b),
      )
    const best = values.find(value => /^(pass|passed|yes|true|good|right|correct)$/i.test(String(value))) ?? values[0] ?? null
    return share >= passShare ? best : (values.find(value => value !== best) ?? best)
  }
  const [least = 0, most = 1] = [...(/from (-?\d+(?:\.\d+)?)\D.*?\bto (-?\d+(?:\.\d+)?)/.exec(desc) ?? [])].slice(1).map(Number)
  const value = least + share * (most - least)
  return most - least > 1 ? Math.round(value) : Math.round(value * 100) / 100
}
const passShare = 0.7

function nearest(share: number, values: readonly number[]): number | null {
  return values[Math.round(share * (values.length - 1))] ?? null
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function short(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  return `"${flat.length <= 60 ? flat : `${cutText(flat, 57)}…`}"`
}
