import type { Patch } from 'immer'
import { graphAt, nodeAt, stagesOf, bodiesOf, pathWithin, type BodyPath } from '@/engine/program/bodies'
import type { Project } from '@/engine/project/project'
import { currentPath } from '../session/navigation'
import { paths } from '../session/paths'
import { sessionStore } from '../session/session-store'

/** What of a project the user has before them: a screen, and on Build the program that the canvas shows (`build:` is the whole one). */
export type Place = 'data' | 'compile' | 'runs' | 'other' | `build:${BodyPath}`

/** Where a step of the history can be taken back. `build` is each canvas of the project; `everywhere` is for what every screen shows. */
export type StepPlace = Place | 'build' | 'everywhere'

/** Undefined outside of a project's screens, where no step is out of sight. */
export function currentPlace(project: Project): Place | undefined {
  const path = typeof window === 'undefined' ? paths.gallery() : currentPath()
  if (path === paths.gallery()) return undefined
  const start = paths.project(project.id)
  if (path !== start && !path.startsWith(`${start}/`)) return 'other'
  const screen = path.slice(start.length + 1).split('/')[0]
  if (screen === 'data' || screen === 'compile' || screen === 'runs') return screen
  return buildPlace(openPath(project))
}

export function buildPlace(body: BodyPath | undefined): Place {
  return `build:${body ?? ''}`
}

/** The body that the session wants open, or the nearest one around it: one may go while it is open, by undo or in another tab. */
export function openPath(project: Pick<Project, 'graph'>, wanted = sessionStore.getState().openBody): BodyPath | undefined {
  let path = wanted
  while (path !== undefined && graphAt(project.graph, path) === undefined) path = stagesOf(path).at(-2)?.path
  return path
}

export function isAt(step: readonly StepPlace[], place: Place | undefined): boolean {
  if (place === undefined) return true
  return step.some(each => each === place || each === 'everywhere' || (each === 'build' && place.startsWith('build:')))
}

/** Whether the project has such a place now: a program of a step goes with the step. */
export function hasPlace({ graph }: Pick<Project, 'graph'>, place: StepPlace): boolean {
  const path = bodyOf(place)
  return path === undefined || graphAt(graph, path) !== undefined
}

/** The program of a step that is the place; undefined for the whole program and for other screens. */
export function bodyOf(place: StepPlace): BodyPath | undefined {
  return (place.startsWith('build:') && place.slice('build:'.length)) || undefined
}

/** Whether two steps can be taken back at one place. */
export function overlap(left: readonly StepPlace[], right: readonly StepPlace[]): boolean {
  return left.some(a => right.some(b => a === b || (a === 'build' && b.startsWith('build:')) || (b === 'build' && a.startsWith('build:'))))
}

/** The screen that shows what these patches change. An edit that reaches several belongs to the first of them. */
export function placeOfPatches(patches: readonly Patch[]): StepPlace {
  const changed = new Set(patches.map(({ path }) => path[0]))
  const has = (...keys: readonly (keyof Project)[]) => keys.some(key => changed.has(key))
  // A model that goes takes the choices of steps with it; a field that goes takes its column and its metric.
  if (has('models')) return 'compile'
  if (has('graph', 'state', 'types', 'layout')) return 'build'
  if (has('datasetId', 'mapping', 'split')) return 'data'
  if (has('metric', 'otherMetrics', 'optimizer', 'roles', 'run')) return 'compile'
  return 'everywhere'
}

/** The name of a place as the user reads it where they are. */
export function placeName(place: StepPlace, project: Project): string {
  const { graph } = project
  if (place === 'data') return 'Data'
  if (place === 'compile') return 'Compile'
  if (place === 'runs') return 'Runs'
  if (place === 'other' || place === 'everywhere') return 'another screen'
  const stages = stagesOf(bodyOf(place))
  const last = stages.at(-1)
  if (last === undefined) return currentPlace(project)?.startsWith('build:') ? 'Build, in the whole program' : 'Build'
  const step = nodeAt(graph, pathWithin(stages.at(-2)?.path, last.node))
  const name = bodiesOf(step).find(({ id }) => id === last.body)?.name ?? 'a program'
  return `Build, in “${name}” of “${step?.name ?? 'a step that is gone'}”`
}

/** The address of a place; undefined for none in particular. */
export function placePath(place: StepPlace, projectId: string): string | undefined {
  if (place === 'data' || place === 'compile' || place === 'runs') return paths[place](projectId)
  return place.startsWith('build') ? paths.project(projectId) : undefined
}
