import { castDraft } from 'immer'
import { newId } from '@/lib/ids'
import { completeState } from '@/engine/graph/default-state'
import { predictorsOf } from '@/engine/graph/predictors'
import type { Program, ProgramGraph, ProgramState } from '@/engine/program/program'
import { guessMapping } from '@/engine/data/mapping'
import { keptLayout } from '@/engine/project/kept-layout'
import type { Mapping, Project, StateVersion } from '@/engine/project/project'
import { canonicalJson } from '@/lib/canonical-json'
import { getDataset } from '@/storage/datasets'
import type { RunId } from '@/storage/records'
import { listVersions, putVersion } from '@/storage/versions'
import { currentProject, edit, flushSave } from '../project-store'
import { layoutGraph } from './layout'

/** What Apply takes: the state, and the graph of the program it belongs to. */
export interface AppliedProgram extends Program {
  /** True where that is another program than the one that was compiled: it replaces the one here unless it is that already. */
  readonly isOther?: boolean
}

/** Whether applying replaces the program, its steps and wires, and not only what they have learned. */
export function replacesProgram(current: ProgramGraph, { graph, isOther }: Pick<AppliedProgram, 'graph' | 'isOther'>): boolean {
  const has = idsOf(current)
  return isOther === true ? !fits(graph, current) : ![...idsOf(graph)].some(id => has.has(id))
}

/** True where the state of the one program says all there is to say about the other: steps may have been added around it. */
function fits(graph: ProgramGraph, current: ProgramGraph): boolean {
  const wanted = idsOf(graph)
  const has = idsOf(current)
  return [...wanted].every(id => has.has(id)) && [...has].every(id => wanted.has(id) || !id.includes('/'))
}

function idsOf(graph: ProgramGraph): ReadonlySet<string> {
  return new Set(predictorsOf(graph).map(({ id }) => id))
}

/**
 * Makes a program's state, or the program itself where it is another one, the project's own, and keeps it as a version. What was before
 * the first Apply is kept as version 1, so that there is always a way back. Undo takes the document back; the version stays in the list.
 */
export async function applyProgram(
  program: AppliedProgram,
  about: { readonly note: string; readonly runId?: RunId; readonly score?: number },
): Promise<StateVersion> {
  const project = currentProject()
  const isReplaced = replacesProgram(project.graph, program)
  const known = await listVersions(project.id)
  let number = known.reduce((top, version) => Math.max(top, version.number), 0)
  const keep = async (version: Omit<StateVersion, 'id' | 'at' | 'projectId' | 'number'>): Promise<StateVersion> => {
    number += 1
    const kept: StateVersion = { id: newId('version'), projectId: project.id, number, at: Date.now(), ...version }
    await putVersion(kept)
    return kept
  }
  if (isReplaced) await keepGraphs(known, project)
  const { graph, state, layout } = project
  if (known.length === 0) await keep({ note: 'Before the first apply', state, ...(isReplaced && { graph, layout }) })
  else if (isReplaced && !known.some(version => isSame(version, project)))
    await keep({ note: `Before: ${about.note}`, state, graph, layout })
  if (!isReplaced) {
    const version = await keep({ state: completeState(graph, program.state), ...about })
    edit(applyLabel, draft => writeState(draft.state, version.state))
    await flushSave()
    return version
  }
  const next = await replacement(project, program)
  const version = await keep({ ...about, graph: next.graph, state: next.state, layout: next.layout })
  replace(applyLabel, next)
  await flushSave()
  return version
}

/** What undo says of an Apply. */
export const applyLabel = 'Apply state'

/** Brings a version back, with its steps and wires where they are others than now. It is no new version; undo takes it back. */
export async function restoreVersion(version: StateVersion): Promise<void> {
  const project = currentProject()
  const label = `Restore version ${version.number}`
  if (version.graph === undefined || fits(version.graph, project.graph)) {
    edit(label, draft => writeState(draft.state, completeState(project.graph, { ...project.state, ...version.state })))
    return
  }
  await keepGraphs(await listVersions(project.id), project)
  const next = await replacement(project, { graph: version.graph, state: version.state })
  replace(label, { ...next, layout: { ...next.layout, ...version.layout } })
}

/** Versions that hold a state alone belong to the program as it is: once it is another one, they need the program, too. */
async function keepGraphs(versions: readonly StateVersion[], { graph, layout }: Project): Promise<void> {
  for (const version of versions) if (version.graph === undefined) await putVersion({ ...version, graph, layout })
}

function isSame(version: StateVersion, { graph, state }: Project): boolean {
  return canonicalJson(version.state) === canonicalJson(state) && canonicalJson(version.graph ?? graph) === canonicalJson(graph)
}

/** Steps added since the state was made keep theirs. */
function writeState(draft: { [id: string]: unknown }, state: ProgramState): void {
  for (const [id, predictor] of Object.entries(state)) draft[id] = castDraft(predictor)
}

type Replacement = Pick<Project, 'graph' | 'state' | 'layout' | 'mapping'>

async function replacement(project: Project, { graph, state }: Program): Promise<Replacement> {
  return {
    graph,
    state: completeState(graph, state),
    layout: keptLayout(graph, project.layout, layoutGraph),
    mapping: await keptMapping(graph, project),
  }
}

function replace(label: string, next: Replacement): void {
  edit(label, draft => void Object.assign(draft, castDraft(next)))
}

/** The columns of fields that stay; new fields take the columns that are called as they are. */
async function keptMapping(graph: ProgramGraph, { mapping, datasetId }: Project): Promise<Mapping> {
  const dataset = datasetId === undefined ? undefined : await getDataset(datasetId)
  const guess = guessMapping(graph, dataset?.columns ?? [])
  const ids = new Set(graph.nodes.flatMap(node => node.fields.map(({ id }) => id)))
  const kept = (columns: Mapping['inputs']): Mapping['inputs'] => Object.fromEntries(Object.entries(columns).filter(([id]) => ids.has(id)))
  return { inputs: { ...guess.inputs, ...kept(mapping.inputs) }, labels: { ...guess.labels, ...kept(mapping.labels) } }
}
