import { stepOf } from '../modules/registry'
import { topologicalOrder } from '../program/order'
import type { EdgeEnd, NodeId, ProgramGraph } from '../program/program'
import type { FieldId } from '../signature/signature'
import { inputFields, outputFields } from './ports'

/**
 * In which rows something has a value: the ways that branches have to go for it, as a list of alternatives, one of which must hold. Every
 * branch has exactly one way in a row in which it runs, so two lists that share no row are exclusive. A list with an empty alternative
 * holds for every row, an empty list for none.
 */
export type Presence = readonly Alternative[]
/** By branch, the outputs one of which it has to give; `noWay` stands for none of them. */
type Alternative = ReadonlyMap<NodeId, ReadonlySet<FieldId>>

export interface GraphPresence {
  /** Of a step: every input without a default has a value. Of an Input and an Output: always. */
  node(id: NodeId): Presence
  /** Of what a wire that starts here brings. */
  source(end: EdgeEnd): Presence
  /** Of an input: one of its wires brings a value. Always where it has a default or no wire. */
  input(end: EdgeEnd): Presence
  /** About how many rows of one have it, from 0 to 1, if a branch takes each of its ways equally often. */
  share(presence: Presence): number
}

const always: Presence = [new Map()]
const noWay = ''

export function isAlways(presence: Presence): boolean {
  return presence.some(ways => ways.size === 0)
}

/** Whether there is no row in which both have a value. What cannot be told counts as one. */
export function areExclusive(a: Presence, b: Presence): boolean {
  return a.every(one => b.every(other => meet(one, other) === undefined))
}

/** What has a value when; the same graph gives the same object. */
export function presenceOf(graph: ProgramGraph): GraphPresence {
  let known = presences.get(graph)
  if (known === undefined) presences.set(graph, (known = findPresence(graph)))
  return known
}
/** Graphs are never changed in place. */
const presences = new WeakMap<ProgramGraph, GraphPresence>()

/** Beyond so many alternatives nothing is said of a step: it counts as run in every row. */
const mostAlternatives = 64

function findPresence(graph: ProgramGraph): GraphPresence {
  const ways = waysOfBranches(graph)
  if (ways.size === 0) return { node: () => always, source: () => always, input: () => always, share: () => 1 }
  const sources = new Map<string, EdgeEnd[]>()
  for (const { from, to } of graph.edges) {
    const key = `${to.node} ${to.field}`
    sources.set(key, [...(sources.get(key) ?? []), from])
  }
  const nodes = new Map<NodeId, Presence>()
  const source = ({ node, field }: EdgeEnd): Presence => {
    const own = nodes.get(node) ?? always
    const outputs = ways.get(node)
    // The only way of a branch is always taken.
    return outputs?.has(field) && outputs.size > 1 ? bothOf(own, [new Map([[node, new Set([field])]])], ways) : own
  }
  const withDefault = new Set<string>()
  const input = ({ node, field }: EdgeEnd): Presence => {
    const key = `${node} ${field}`
    const from = sources.get(key)
    return from === undefined || withDefault.has(key) ? always : merged(from.flatMap(source), ways)
  }
  for (const node of topologicalOrder(graph)) {
    const fields = inputFields(node)
    for (const { id, default: value } of fields) if (value !== undefined) withDefault.add(`${node.id} ${id}`)
    const isStep = stepOf(node) !== undefined
    const presence = isStep ? fields.reduce((all, { id }) => bothOf(all, input({ node: node.id, field: id }), ways), always) : always
    nodes.set(node.id, presence)
  }
  return { node: id => nodes.get(id) ?? always, source, input, share: presence => shareOf(presence, ways) }
}

type Ways = ReadonlyMap<NodeId, ReadonlySet<FieldId>>

function waysOfBranches(graph: ProgramGraph): Ways {
  return new Map(
    graph.nodes.flatMap(node => {
      const choice = stepOf(node)?.choice()
      if (choice === undefined) return []
      return [[node.id, new Set([...outputFields(node).map(({ id }) => id), ...(choice.isComplete ? [] : [noWay])])] as const]
    }),
  )
}

function bothOf(a: Presence, b: Presence, ways: Ways): Presence {
  if (a === always || b === always) return a === always ? b : a
  return merged(
    a.flatMap(one => b.flatMap(other => meet(one, other) ?? [])),
    ways,
  )
}

/** What holds where both do; undefined where they need different ways of one branch. */
function meet(a: Alternative, b: Alternative): Alternative | undefined {
  const both = new Map(a)
  for (const [branch, ways] of b) {
    const own = both.get(branch)
    const left = own === undefined ? ways : new Set([...own].filter(way => ways.has(way)))
    if (left.size === 0) return undefined
    both.set(branch, left)
  }
  return both
}

/** Fewer alternatives that hold for the same rows: two that differ in one branch alone are one, and all its ways together say nothing. */
function merged(alternatives: Presence, ways: Ways): Presence {
  let list: readonly Alternative[] = alternatives
  for (let isDone = false; !isDone;) {
    isDone = true
    if (list.some(({ size }) => size === 0)) return always
    if (list.length > mostAlternatives) return always
    pairs: for (const [index, one] of list.entries())
      for (const other of list.slice(index + 1)) {
        const joined = joinedOf(one, other, ways)
        if (joined === undefined) continue
        list = [...list.filter(each => each !== one && each !== other), joined]
        isDone = false
        break pairs
      }
  }
  return list
}

function joinedOf(a: Alternative, b: Alternative, all: Ways): Alternative | undefined {
  if (implies(a, b)) return b
  if (implies(b, a)) return a
  if (a.size !== b.size) return undefined
  const unlike = [...a].filter(([branch, ways]) => !isSame(ways, b.get(branch)))
  const [only, ...others] = unlike
  const counterpart = only && b.get(only[0])
  if (only === undefined || counterpart === undefined || others.length > 0) return undefined
  const joined = new Map(a)
  const either = new Set([...only[1], ...counterpart])
  if (either.size === all.get(only[0])?.size) joined.delete(only[0])
  else joined.set(only[0], either)
  return joined
}

/** Whether `b` holds wherever `a` does. */
function implies(a: Alternative, b: Alternative): boolean {
  return [...b].every(([branch, ways]) => {
    const own = a.get(branch)
    return own !== undefined && [...own].every(way => ways.has(way))
  })
}

function isSame(a: ReadonlySet<FieldId>, b: ReadonlySet<FieldId> | undefined): boolean {
  return b !== undefined && a.size === b.size && [...a].every(way => b.has(way))
}

function shareOf(presence: Presence, all: Ways): number {
  const shares = presence.map(alternative =>
    [...alternative].reduce((share, [branch, ways]) => share * (ways.size / Math.max(1, all.get(branch)?.size ?? 1)), 1),
  )
  return Math.min(
    1,
    shares.reduce((sum, share) => sum + share, 0),
  )
}
