import { canonicalJson } from '@/lib/canonical-json'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'

// Until version 2 an ensemble was a list of members in the state of every predictor; since then it is a program of its own, a step that
// votes. What is written here sees plain JSON and must mean the same forever: it uses nothing of how programs are made today.

export interface OldProgram {
  readonly graph: JsonObject
  readonly state: JsonObject
}

/** The program that an ensemble was; undefined for a state that is one program. */
export function voteOfEnsemble({ graph, state }: OldProgram): OldProgram | undefined {
  const ensemble = Object.values(state).flatMap(ensembleIn)[0]
  if (ensemble === undefined) return undefined
  const vote = voteId(graph)
  const { adapter, ...inner } = graph
  const nodes = listOf(graph['nodes'])
  const ends = nodes.filter(isEnd)
  const inputs = ends.filter(({ kind }) => kind === 'input')
  const outputs = ends.filter(({ kind }) => kind === 'output')
  const node: JsonObject = {
    kind: 'vote',
    id: vote,
    name: freeName(new Set(ends.map(({ name }) => String(name).toLowerCase()))),
    fields: [...inputs.flatMap(end => portsOf(end, 'input')), ...outputs.flatMap(end => portsOf(end, 'output'))],
    moduleParams: { reduce_fn: ensemble.reduce },
    bodies: ensemble.members.map((_, index) => ({ id: `m${index + 1}`, name: `Program ${index + 1}`, graph: inner })),
  }
  return {
    graph: {
      nodes: [...inputs, node, ...outputs],
      edges: ends.flatMap(end => listOf(end['fields']).map(field => edgeOf(end, field, vote))),
      ...(adapter !== undefined && { adapter }),
    },
    state: Object.fromEntries(
      ensemble.members.flatMap((_, index) =>
        Object.entries(state).map(([id, own]) => [`${vote}/m${index + 1}/${id}`, memberOf(own, index)]),
      ),
    ),
  }
}

/** What the node of an ensemble of this program is called; every ensemble of one program has the same. */
export function voteId(graph: JsonObject): string {
  return freeName(
    new Set(
      listOf(graph['nodes'])
        .filter(isEnd)
        .map(({ id }) => String(id)),
    ),
  )
}

/** The state without the members of an ensemble that has none. */
export function plainState(state: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(state).map(([id, own]) => [id, withoutEnsemble(own)]))
}

/** Positions of the program's nodes, for the vote and its bodies. The vote stands in the middle of what is now inside of it. */
export function voteLayout(graph: JsonObject, layout: JsonObject, vote: JsonObject): JsonObject {
  const id = voteId(graph)
  const nodes = listOf(graph['nodes'])
  const steps = nodes.filter(node => !isEnd(node)).flatMap(node => placeOf(layout[String(node['id'])]))
  const mean = (axis: 'x' | 'y'): number =>
    steps.length === 0 ? 0 : Math.round(steps.reduce((sum, place) => sum + place[axis], 0) / steps.length)
  const ends = new Set(nodes.filter(isEnd).map(node => String(node['id'])))
  const node = listOf(vote['nodes']).find(each => each['id'] === id)
  return {
    ...Object.fromEntries(Object.entries(layout).filter(([key]) => ends.has(key))),
    [id]: { x: mean('x'), y: mean('y') },
    ...Object.fromEntries(
      listOf(node?.['bodies']).flatMap(body => Object.entries(layout).map(([key, place]) => [`${id}/${String(body['id'])}/${key}`, place])),
    ),
  }
}

/** The same JSON, as far as it says anything. */
export function isEqual(one: Json, other: Json): boolean {
  return canonicalJson(one) === canonicalJson(other)
}

export function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

interface StoredEnsemble {
  readonly reduce: Json
  readonly members: readonly Json[]
}

function ensembleIn(predictor: Json): readonly StoredEnsemble[] {
  const ensemble = isJsonObject(predictor) ? predictor['ensemble'] : undefined
  if (ensemble === undefined || !isJsonObject(ensemble)) return []
  const { reduce = 'majority', members } = ensemble
  return Array.isArray(members) && members.length > 0 ? [{ reduce, members }] : []
}

/** A step that came to the program later has no members: it answers in each of them as it is. */
function memberOf(predictor: Json, index: number): Json {
  return ensembleIn(predictor)[0]?.members[index] ?? withoutEnsemble(predictor)
}

function withoutEnsemble(predictor: Json): Json {
  if (!isJsonObject(predictor)) return predictor
  const { ensemble: _ensemble, ...own } = predictor
  return own
}

function isEnd({ kind }: JsonObject): boolean {
  return kind === 'input' || kind === 'output'
}

function portsOf(end: JsonObject, role: 'input' | 'output'): readonly JsonObject[] {
  return listOf(end['fields']).map(field => ({ ...field, id: `${role} ${String(field['id'])}`, role }))
}

function edgeOf(end: JsonObject, field: JsonObject, vote: string): JsonObject {
  const node = String(end['id'])
  const id = String(field['id'])
  const own = { node, field: id }
  return end['kind'] === 'input'
    ? { id: `${node} ${id} ${vote}`, from: own, to: { node: vote, field: `input ${id}` } }
    : { id: `${vote} ${node} ${id}`, from: { node: vote, field: `output ${id}` }, to: own }
}

function freeName(taken: ReadonlySet<string>): string {
  let name = 'vote'
  for (let count = 2; taken.has(name); count++) name = `vote-${count}`
  return name
}

function placeOf(value: Json | undefined): readonly { readonly x: number; readonly y: number }[] {
  if (value === undefined || !isJsonObject(value)) return []
  const { x, y } = value
  return typeof x === 'number' && typeof y === 'number' ? [{ x, y }] : []
}
