import { castDraft } from 'immer'
import { useStore } from 'zustand'
import { bodiesOf, bodyState, graphAt, nodeAt, pathWithin, stagesOf, type BodyPath } from '@/engine/program/bodies'
import type { Body, Locks, StepPath } from '@/engine/program/program'
import { inColumns } from '@/engine/project/kept-layout'
import type { Project } from '@/engine/project/project'
import { select, sessionStore } from '../session/session-store'
import { buildPlace, currentPlace, openPath } from './place'
import { currentProject, edit, useProject, type EditOptions, type ProjectDraft } from './project-store'

// The canvas and the inspector show one program at a time: the whole one, or a body of a step. What they read and edit goes through here; a
// body looks and is edited as a project of its own, but for data, models and metric, which belong to the whole.

/** From so many nodes on a program is drawn in slices, and only a part of it is in view at a time. */
export const largeProgram = 300
/** Up to so many nodes the canvas shows a program and answers while it does. */
export const comfortableProgram = 2_000

/** The project as it is shown: of an open body, its graph and what is kept for its nodes under their ids within it. */
export function shownProject(project: Project = currentProject()): Project {
  return projectAt(project, shownPath(project))
}

/** Reads of the shown program, by the same rules as `useProject`. */
export function useShownProject<T>(selector: (project: Project) => T): T {
  const wanted = useStore(sessionStore, session => session.openBody)
  return useProject(project => selector(projectAt(project, openPath(project, wanted))))
}

/** The body that is shown; undefined for the whole program. */
export function useShownPath(): BodyPath | undefined {
  const wanted = useStore(sessionStore, session => session.openBody)
  return useProject(project => openPath(project, wanted))
}

export function shownPath(project: Project = currentProject()): BodyPath | undefined {
  return openPath(project)
}

/** The body that is shown, as it is stored; undefined for the whole program. */
export function useShownBody(): Body | undefined {
  const wanted = useStore(sessionStore, session => session.openBody)
  return useProject(({ graph }) => bodyAt(graph, stagesOf(openPath({ graph }, wanted)).at(-1)))
}

function bodyAt(graph: Project['graph'], stage: ReturnType<typeof stagesOf>[number] | undefined): Body | undefined {
  const node = stage && nodeAt(graph, pathWithin(parentOf(stage.path), stage.node))
  return bodiesOf(node).find(({ id }) => id === stage?.body)
}

/** The path in the whole program of a node that is shown. */
export function wholePath(node: string): StepPath {
  return pathWithin(shownPath(), node)
}

/** The name of a step around the shown program whose lock keeps optimizers off a part of everything in it. */
export type OuterLocks = Partial<Readonly<Record<keyof Locks, string>>>

export function outerLocks(project: Project = currentProject()): OuterLocks {
  return locksAround(project, shownPath(project))
}

export function useOuterLocks(): OuterLocks {
  const wanted = useStore(sessionStore, session => session.openBody)
  return useProject(project => locksAround(project, openPath(project, wanted)))
}

function locksAround({ graph }: Project, path: BodyPath | undefined): OuterLocks {
  const around = stagesOf(path).flatMap(stage => nodeAt(graph, pathWithin(parentOf(stage.path), stage.node)) ?? [])
  const locking = (part: keyof Locks): OuterLocks => {
    const node = around.find(each => 'locks' in each && each.locks?.[part] === true)
    return node ? { [part]: node.name } : {}
  }
  return { ...locking('instructions'), ...locking('demos') }
}

/** Opens a program within a step; undefined for the whole. */
export function openBody(path: BodyPath | undefined, selected: readonly string[] = []): void {
  sessionStore.setState({ openBody: path })
  select(selected)
}

/** Back to what the shown body is in, with its step selected. False when the whole program is shown already. */
export function leaveBody(): boolean {
  const last = stagesOf(shownPath()).at(-1)
  if (last === undefined) return false
  openBody(parentOf(last.path), [last.node])
  return true
}

/** An edit of the shown program. The recipe sees a body as a project; what it writes lands in the whole. */
export function editShown(label: string, recipe: (draft: ProjectDraft) => void, options: EditOptions = {}): void {
  const path = shownPath()
  const made = currentPlace(currentProject())
  const places = [buildPlace(path), ...(made === undefined ? [] : [made])]
  const here: EditOptions = { places, ...options }
  if (path === undefined) return edit(label, recipe, here)
  const { mergeKey } = options
  edit(label, draft => editBody(draft, path, recipe), { ...here, ...(mergeKey !== undefined && { mergeKey: `${path} ${mergeKey}` }) })
}

function editBody(draft: ProjectDraft, path: BodyPath, recipe: (draft: ProjectDraft) => void): void {
  const body = bodyOf(draft, path)
  if (body === undefined) return
  const start = `${path}/`
  const state = within(draft.state, start)
  const layout = within(draft.layout, start)
  // Columns and metric name fields of the whole program: a field of a body may have the same id.
  const inner: ProjectDraft = {
    ...draft,
    graph: body.graph,
    state,
    layout,
    mapping: { inputs: {}, labels: {} },
    metric: { kind: '', params: {} },
  }
  recipe(inner)
  if (inner.graph !== body.graph) body.graph = inner.graph
  writeBack(draft.state, inner.state, start)
  writeBack(draft.layout, inner.layout, start)
}

function bodyOf(draft: ProjectDraft, path: BodyPath) {
  let graph: ProjectDraft['graph'] | undefined = draft.graph
  let body
  for (const { node: nodeId, body: bodyId } of stagesOf(path)) {
    const node: ProjectDraft['graph']['nodes'][number] | undefined = graph?.nodes.find(({ id }) => id === nodeId)
    body = bodiesOf(node).find(({ id }) => id === bodyId)
    graph = body?.graph
  }
  return body
}

function within<T>(record: Record<string, T>, start: string): Record<string, T> {
  return Object.fromEntries(
    Object.keys(record).flatMap((key): [string, T][] => {
      const value = record[key]
      return key.startsWith(start) && value !== undefined ? [[key.slice(start.length), value]] : []
    }),
  )
}

function writeBack<T>(whole: Record<string, T>, inner: Record<string, T>, start: string): void {
  for (const key of Object.keys(whole)) if (key.startsWith(start) && !Object.hasOwn(inner, key.slice(start.length))) delete whole[key]
  for (const [key, value] of Object.entries(inner)) if (whole[start + key] !== value) whole[start + key] = castDraft(value) as T
}

function parentOf(path: BodyPath): BodyPath | undefined {
  return stagesOf(path).at(-2)?.path
}

function projectAt(project: Project, path: BodyPath | undefined): Project {
  if (path === undefined) return project
  let byPath = shown.get(project)
  if (byPath === undefined) shown.set(project, (byPath = new Map()))
  let at = byPath.get(path)
  if (at === undefined) {
    const graph = graphAt(project.graph, path) ?? project.graph
    at = { ...project, graph, state: bodyState(project.state, path), layout: layoutOf(project.layout, path, graph), mapping: noMapping }
    byPath.set(path, at)
  }
  return at
}

/** A document is never changed in place. */
const shown = new WeakMap<Project, Map<BodyPath, Project>>()
const noMapping: Project['mapping'] = { inputs: {}, labels: {} }

/** Bodies that nobody has seen yet, such as those a command line made, may have no places. */
function layoutOf(layout: Project['layout'], path: BodyPath, graph: Project['graph']): Project['layout'] {
  let byGraph = layouts.get(layout)
  if (byGraph === undefined) layouts.set(layout, (byGraph = new Map()))
  const known = byGraph.get(path)
  if (known?.graph === graph) return known.layout
  const own = within({ ...layout }, `${path}/`)
  const isWhole = graph.nodes.every(({ id }) => own[id] !== undefined)
  const made = isWhole ? own : { ...inColumns(graph), ...own }
  byGraph.set(path, { graph, layout: made })
  return made
}
const layouts = new WeakMap<Project['layout'], Map<BodyPath, { readonly graph: Project['graph']; readonly layout: Project['layout'] }>>()
