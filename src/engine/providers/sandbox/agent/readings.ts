import { cutText } from '@/lib/cut-text'
import type { Json } from '@/lib/json'
import { showNumber } from '../text/plans'
import { readProblem } from '../text/quantities'
import { nameWords } from '../text/words'
import { rounded } from './argument-candidates'
import type { Fact } from './facts'
import { isCount } from './names'

/** One way to read an answer out of what tools have told. */
export interface Reading {
  /** The same for the same way with any question: what demos vote for. */
  readonly way: string
  readonly form: 'number' | 'yes-no' | 'text'
  readonly operation: Operation
  readonly value: Json
  /** What the values it rests on are called. */
  readonly about: string
  /** How it comes about, in words. */
  readonly steps: string
  readonly turn: number
}

export type Operation = 'take' | 'times' | 'sum' | 'compare' | 'least' | 'most' | 'count' | 'first'

/** All readings of the facts for one question; values that several turns told are taken from the last. */
export function readingsOf(question: string, facts: readonly Fact[]): readonly Reading[] {
  const wanted = readProblem(question).quantities.find(isCount)?.value
  const alone = facts.filter(({ item, turn }) => item === undefined || facts.every(other => other.turn !== turn || (other.item ?? 0) === 0))
  const lists = facts.filter(fact => !alone.includes(fact))
  return [...fromValues(alone, wanted), ...fromSums(alone), ...fromLists(lists)]
}

function fromValues(facts: readonly Fact[], wanted: number | undefined): readonly Reading[] {
  const newest = new Map(facts.map(fact => [fact.name, fact]))
  return [...newest.values()].flatMap(({ name, value, turn }): readonly Reading[] => {
    const about = nameWords(name).join(' ')
    const base = { about, turn }
    const told = `${about} is ${typeof value === 'number' ? showNumber(value) : String(value)}`
    if (typeof value === 'boolean') return [{ ...base, way: `take:${name}`, form: 'yes-no', operation: 'take', value, steps: told }]
    if (typeof value === 'string') {
      // A sentence speaks of what it says.
      const spoken = value.includes(' ') ? `${about} ${cutText(value, 300)}` : about
      const isAffirmation = /^(yes|no|true|false)$/i.test(value.trim())
      return [
        { ...base, about: spoken, way: `take:${name}`, form: isAffirmation ? 'yes-no' : 'text', operation: 'take', value, steps: told },
      ]
    }
    const least = wanted ?? 1
    return [
      { ...base, way: `take:${name}`, form: 'number', operation: 'take', value, steps: told },
      ...(wanted === undefined
        ? []
        : [
            {
              ...base,
              way: `times:${name}`,
              form: 'number' as const,
              operation: 'times' as const,
              value: rounded(wanted * value),
              steps: `${told}, and ${wanted} * ${showNumber(value)} = ${showNumber(rounded(wanted * value))}`,
            },
          ]),
      {
        ...base,
        way: `compare:${name}`,
        form: 'yes-no',
        operation: 'compare',
        value: value >= least,
        steps: `${told}, which is ${value >= least ? 'at least' : 'less than'} ${least}`,
      },
    ]
  })
}

/** The same value of several calls, added up. */
function fromSums(facts: readonly Fact[]): readonly Reading[] {
  const byName = new Map<string, Fact[]>()
  for (const fact of facts) if (typeof fact.value === 'number') byName.set(fact.name, [...(byName.get(fact.name) ?? []), fact])
  return [...byName].flatMap(([name, same]): readonly Reading[] => {
    const turns = new Set(same.map(({ turn }) => turn))
    if (turns.size < 2) return []
    const values = same.map(({ value }) => Number(value))
    const value = rounded(values.reduce((sum, one) => sum + one, 0))
    const about = nameWords(name).join(' ')
    const steps = `${values.map(showNumber).join(' + ')} = ${showNumber(value)}`
    return [{ way: `sum:${name}`, form: 'number', operation: 'sum', value, about, steps, turn: Math.max(...turns) }]
  })
}

function fromLists(facts: readonly Fact[]): readonly Reading[] {
  return [...new Set(facts.map(({ turn }) => turn))].flatMap(turn => {
    const own = facts.filter(fact => fact.turn === turn)
    const items = [...new Set(own.map(({ item }) => item ?? 0))]
    const label = labelOf(own)
    const names = [...new Set(own.flatMap(({ name, value }) => (typeof value === 'number' ? [name] : [])))]
    const first = label === undefined ? undefined : valueAt(own, label, items[0] ?? 0)
    return [
      {
        way: 'count',
        form: 'number',
        operation: 'count',
        value: items.length,
        about: '',
        steps: `${items.length} were found`,
        turn,
      },
      ...(first === undefined
        ? []
        : [
            {
              way: `first:${label}`,
              form: 'text',
              operation: 'first',
              value: first,
              about: label ?? '',
              steps: `the first is ${String(first)}`,
              turn,
            } as const,
          ]),
      ...names.flatMap(name => extremes(own, name, items, label, turn)),
    ] satisfies readonly Reading[]
  })
}

/** The entry with the least and with the most of something: its label and its value; and the sum over all entries. */
function extremes(
  own: readonly Fact[],
  name: string,
  items: readonly number[],
  label: string | undefined,
  turn: number,
): readonly Reading[] {
  const rows = items.flatMap(item => {
    const value = valueAt(own, name, item)
    return typeof value === 'number' ? [{ item, value }] : []
  })
  const about = nameWords(name).join(' ')
  const total = rounded(rows.reduce((sum, { value }) => sum + value, 0))
  const sum: Reading = {
    way: `all:${name}`,
    form: 'number',
    operation: 'sum',
    value: total,
    about,
    steps: `all ${about} add up to ${showNumber(total)}`,
    turn,
  }
  return [
    sum,
    ...(['least', 'most'] as const).flatMap((operation): readonly Reading[] => {
      const best = rows.reduce<(typeof rows)[number] | undefined>(
        (top, row) => (top === undefined || (operation === 'least' ? row.value < top.value : row.value > top.value) ? row : top),
        undefined,
      )
      if (best === undefined) return []
      const who = label === undefined ? undefined : valueAt(own, label, best.item)
      const steps = `the ${operation} ${about} is ${showNumber(best.value)}${who === undefined ? '' : `, of ${String(who)}`}`
      return [
        { way: `${operation}:${name}`, form: 'number', operation, value: best.value, about, steps, turn },
        ...(who === undefined
          ? []
          : [{ way: `who-${operation}:${name}`, form: 'text', operation, value: who, about, steps, turn } as const]),
      ]
    }),
  ]
}

/** What entries of a list go by: a key that says so, else the first that is a text. */
function labelOf(facts: readonly Fact[]): string | undefined {
  const textual = facts.filter(({ value }) => typeof value === 'string').map(({ name }) => name)
  return textual.find(name => /name|title|label|product|item/i.test(name)) ?? textual[0]
}

function valueAt(facts: readonly Fact[], name: string, item: number): Fact['value'] | undefined {
  return facts.find(fact => fact.name === name && (fact.item ?? 0) === item)?.value
}
