import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { isEqual, listOf, plainState, voteId, voteLayout, voteOfEnsemble } from './ensembles-to-votes'

/** What a project was, as far as its versions ask. */
export interface ProjectBefore {
  readonly graph: JsonObject
  readonly layout: JsonObject
  /** True where its steps are others now. */
  readonly isChanged: boolean
}

/** A project of version 1 as one of version 2; one of another version stays as it is. */
export function projectToVotes(project: JsonObject): { readonly project: JsonObject; readonly before: ProjectBefore } {
  const graph = objectOf(project['graph'])
  const state = objectOf(project['state'])
  const layout = objectOf(project['layout'])
  if (project['schemaVersion'] !== 1) return { project, before: { graph, layout, isChanged: false } }
  const vote = voteOfEnsemble({ graph, state })
  const program = vote ? { ...vote, layout: voteLayout(graph, layout, vote.graph) } : { graph, state: plainState(state), layout }
  return { project: { ...project, ...program, schemaVersion: 2 }, before: { graph, layout, isChanged: vote !== undefined } }
}

/** A saved state of a project. It gets the steps it belongs to, where they are not those that the project has now. */
export function versionToVotes(version: JsonObject, { graph, layout, isChanged }: ProjectBefore): JsonObject {
  const state = objectOf(version['state'])
  const vote = voteOfEnsemble({ graph, state })
  if (vote) return { ...version, ...vote, layout: voteLayout(graph, layout, vote.graph) }
  return { ...version, state: plainState(state), ...(isChanged && { graph, layout }) }
}

/** What a run was, as far as its events and rollouts ask. */
export interface RunBefore {
  /** Of the program that was run, then and now. */
  readonly graph: JsonObject
  readonly graphNow: JsonObject
  /** Candidates that are votes now: found while events are read, which come before rollouts. */
  readonly votes: Set<string>
}

/** What a run was asked to do. `before` is absent where nothing of the run can hold an ensemble. */
export function specToVotes(spec: JsonObject): { readonly spec: JsonObject; readonly before?: RunBefore } {
  const graph = objectOf(spec['graph'])
  const state = objectOf(spec['state'])
  const vote = voteOfEnsemble({ graph, state })
  const optimizer = objectOf(spec['optimizer'])
  if (vote === undefined && optimizer['id'] !== 'ensemble') return { spec }
  const before: RunBefore = { graph, graphNow: vote?.graph ?? graph, votes: new Set() }
  return { spec: vote ? { ...spec, ...vote } : { ...spec, state: plainState(state) }, before }
}

export function runToVotes(run: JsonObject): { readonly run: JsonObject; readonly before?: RunBefore } {
  const { spec, before } = specToVotes(objectOf(run['spec']))
  if (before === undefined) return { run }
  // The digest was that of events in their old shape.
  const { result, digest: _digest, ...rest } = run
  return { run: { ...rest, spec, ...(isJsonObject(result ?? null) && { result: resultToVotes(objectOf(result), before) }) }, before }
}

export function eventToVotes(event: JsonObject, before: RunBefore): JsonObject {
  const { type, result } = event
  if (type === 'candidate-propose') return candidateToVote(event, before)
  if ((type === 'run-end' || type === 'run-error') && isJsonObject(result ?? null))
    return { ...event, result: resultToVotes(objectOf(result), before) }
  return event
}

function resultToVotes(result: JsonObject, before: RunBefore): JsonObject {
  const { best } = result
  return isJsonObject(best ?? null) ? { ...result, best: candidateToVote(objectOf(best), before) } : result
}

/** Anything with the id of a candidate and its state. Its id stays: a vote has the id of the ensemble it was. */
function candidateToVote(holder: JsonObject, before: RunBefore): JsonObject {
  const { graph, graphNow, votes } = before
  const state = objectOf(holder['state'])
  const isRunOnVote = graphNow !== graph
  // Written by a later attempt, when the run was one of a vote already.
  if (isRunOnVote && Object.keys(state).some(id => id.startsWith(`${voteId(graph)}/`))) return holder
  const vote = voteOfEnsemble({ graph, state })
  if (vote === undefined) return { ...holder, state: plainState(state), ...(isRunOnVote && { graph }) }
  votes.add(String(holder['candidate']))
  return { ...holder, state: vote.state, ...(!isEqual(vote.graph, graphNow) && { graph: vote.graph }) }
}

/** One row of a candidate that is a vote: what each member did becomes a branch of the step. */
export function rolloutToVotes(record: JsonObject, { graph, votes }: RunBefore): JsonObject {
  const rollout = objectOf(record['rollout'])
  const trace = listOf(rollout['trace'])
  const vote = voteId(graph)
  if (!votes.has(String(record['candidate'])) || trace.length === 0 || trace.some(({ node }) => node === vote)) return record
  const { prediction, error } = rollout
  const members = membersOf(trace)
  const root: JsonObject = {
    id: vote,
    node: vote,
    name: vote,
    inputs: {},
    ...(prediction !== undefined && { outputs: prediction }),
    calls: [],
    ms: Math.max(0, ...members.map(msOf)),
    ...(prediction === undefined && error !== undefined && { error }),
  }
  return { ...record, rollout: { ...rollout, trace: [root, ...members.flatMap((spans, index) => branchOf(spans, vote, index))] } }
}

/** The traces of the members stood one after the other, each beginning with the same step. */
function membersOf(trace: readonly JsonObject[]): readonly (readonly JsonObject[])[] {
  const members: JsonObject[][] = []
  for (const span of trace) {
    if (span['parent'] === undefined && span['node'] === trace[0]?.['node']) members.push([])
    members.at(-1)?.push(span)
  }
  return members
}

function branchOf(spans: readonly JsonObject[], vote: string, index: number): readonly JsonObject[] {
  const branch = `${vote}/${index}`
  const within = (path: Json | undefined): string => `${vote}/m${index + 1}/${String(path)}`
  let number = -1
  let top = ''
  const moved = spans.map((span): JsonObject => {
    const isTop = span['parent'] === undefined
    if (isTop) {
      number += 1
      top = String(span['id'] ?? span['node'])
    }
    const placed = (id: Json | undefined): string => `${branch}/${number}${String(id).slice(top.length)}`
    const { id, parent, kind, predictor, node, ...rest } = span
    return {
      ...rest,
      id: placed(isTop ? top : id),
      parent: isTop ? branch : placed(parent),
      kind: isTop ? 'node' : (kind ?? 'node'),
      node: within(node),
      ...(predictor !== undefined && { predictor: within(predictor) }),
    }
  })
  return [
    { id: branch, parent: vote, kind: 'body', node: vote, name: `Program ${index + 1}`, inputs: {}, calls: [], ms: msOf(spans) },
    ...moved,
  ]
}

function msOf(spans: readonly JsonObject[]): number {
  return spans.reduce((sum, { ms, parent }) => sum + (parent === undefined && typeof ms === 'number' ? ms : 0), 0)
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : none
}
const none: JsonObject = {}
