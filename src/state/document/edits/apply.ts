import { castDraft } from 'immer'
import { newId } from '@/lib/ids'
import { completeState } from '@/engine/graph/default-state'
import { predictorsOf } from '@/engine/graph/predictors'
import type { Program, ProgramGraph, ProgramState } from '@/engine/program/program'
import { guessMapping } from '@/engine/data/mapping'
import { inColumns, keptLayout } from '@/engine/project/kept-layout'
import type { Mapping, Project, StateVersion } from '@/engine/project/project'
import { canonicalJson } from '@/lib/canonical-json'
import { getDataset } from '@/storage/datasets'
import type { RunId } from '@/storage/records'
import { listVersions, putVersion } from '@/storage/versions'
import { entryOf, type NamedStep } from '../history'
import { currentPlace, type StepPlace } from '../place'
import { currentProject, edit, flushSave, mustBeEditable, projectStore, projectTurn, type EditOptions } from '../project-store'
import { systemClock } from '@/lib/system-clock'

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

export interface Applied {
  readonly version: StateVersion
  /** False where the project was left before: its program is as it was, but the version is kept and can be restored. */
  readonly isApplied: boolean
  /** What takes it back; undefined where the program was as it is now. */
  readonly step: NamedStep | undefined
}

/**
 * Makes a program's state, or the program itself where it is another one, the project's own, and keeps it as a version. What was before
 * the first Apply is kept as version 1, so that there is always a way back. Undo takes the document back; the version stays in the list.
 */
export async function applyProgram(
  program: AppliedProgram,
  about: { readonly note: string; readonly runId?: RunId; readonly score?: number },
): Promise<Applied> {
  mustBeEditable()
  const project = currentProject()
  const turn = projectTurn()
  const places = placesOf(project)
  const isReplaced = replacesProgram(project.graph, program)
  const known = await listVersions(project.id)
  let number = known.reduce((top, version) => Math.max(top, version.number), 0)
  const keep = async (version: Omit<StateVersion, 'id' | 'at' | 'projectId' | 'number'>): Promise<StateVersion> => {
    number += 1
    const kept: StateVersion = { id: newId('version'), projectId: project.id, number, at: systemClock.date(), ...version }
    await putVersion(kept)
    return kept
  }
  if (isReplaced) await keepGraphs(known, project)
  const { graph, state, layout } = project
  if (known.length === 0) await keep({ note: 'Before the first apply', state, ...(isReplaced && { graph, layout }) })
  else if (isReplaced && !known.some(version => isSame(version, project)))
    await keep({ note: `Before: ${about.note}`, state, graph, layout })
  const next = isReplaced ? await replacement(project, program) : undefined
  const version = await keep({ ...about, ...(next ? withoutMapping(next) : { state: completeState(graph, program.state) }) })
  const step: NamedStep = { projectId: project.id, id: newId('step'), label: 'Apply state', place: 'build' }
  const isApplied = !turn.isOver()
  turn.take(() => {
    mustBeEditable()
    const options = { id: step.id, places }
    if (next) replace(step.label, next, options)
    else writeState(step.label, version.state, options)
  })()
  const isStep = isApplied && entryOf(projectStore.getState().history, 'undo', step.id) !== undefined
  await flushSave()
  return { version, isApplied, step: isStep ? step : undefined }
}

/**
 * Brings a version back, with its steps and wires where they are others than now. It is no new version; undo takes it back. False where the
 * project was left before.
 */
export async function restoreVersion(version: StateVersion): Promise<boolean> {
  mustBeEditable()
  const project = currentProject()
  const turn = projectTurn()
  const places = placesOf(project)
  const label = `Restore version ${version.number}`
  if (version.graph === undefined || fits(version.graph, project.graph)) {
    writeState(label, completeState(project.graph, { ...project.state, ...version.state }), { places })
    return true
  }
  await keepGraphs(await listVersions(project.id), project)
  const next = await replacement(project, { graph: version.graph, state: version.state })
  const isRestored = !turn.isOver()
  turn.take(() => replace(label, { ...next, layout: { ...next.layout, ...version.layout } }, { places }))()
  return isRestored
}

/** Versions that hold a state alone belong to the program as it is: once it is another one, they need the program, too. */
async function keepGraphs(versions: readonly StateVersion[], { graph, layout }: Project): Promise<void> {
  for (const version of versions) if (version.graph === undefined) await putVersion({ ...version, graph, layout })
}

function isSame(version: StateVersion, { graph, state }: Project): boolean {
  return canonicalJson(version.state) === canonicalJson(state) && canonicalJson(version.graph ?? graph) === canonicalJson(graph)
}

type Replacement = Pick<Project, 'graph' | 'state' | 'layout' | 'mapping'>

async function replacement(project: Project, { graph, state }: Program): Promise<Replacement> {
  return {
    graph,
    state: completeState(graph, state),
    layout: keptLayout(graph, project.layout, inColumns),
    mapping: await keptMapping(graph, project),
  }
}

function withoutMapping({ graph, state, layout }: Replacement): Omit<Replacement, 'mapping'> {
  return { graph, state, layout }
}

function replace(label: string, next: Replacement, options: EditOptions): void {
  edit(label, draft => void Object.assign(draft, castDraft(next)), options)
}

/** Steps added since the state was made keep theirs. */
function writeState(label: string, state: ProgramState, options: EditOptions): void {
  edit(label, draft => void Object.assign(draft.state, castDraft(state)), options)
}

/** Every canvas shows what a program has learned; and so does the screen where it was chosen, although the user may leave that meanwhile. */
function placesOf(project: Project): readonly StepPlace[] {
  const made = currentPlace(project)
  return made === undefined ? ['build'] : ['build', made]
}

/** The columns of fields that stay; new fields take the columns that are called as they are. */
async function keptMapping(graph: ProgramGraph, { mapping, datasetId }: Project): Promise<Mapping> {
  const dataset = datasetId === undefined ? undefined : await getDataset(datasetId)
  const guess = guessMapping(graph, dataset?.columns ?? [])
  const ids = new Set(graph.nodes.flatMap(node => node.fields.map(({ id }) => id)))
  const kept = (columns: Mapping['inputs']): Mapping['inputs'] => Object.fromEntries(Object.entries(columns).filter(([id]) => ids.has(id)))
  return { inputs: { ...guess.inputs, ...kept(mapping.inputs) }, labels: { ...guess.labels, ...kept(mapping.labels) } }
}
