import { guessMapping, unmappedInputs } from '@/engine/data/mapping'
import { programOutputs } from '@/engine/program/ends'
import type { Column, Mapping, Project } from '@/engine/project/project'
import { getDataset } from '@/storage/datasets'
import { edit, projectStore, projectTurn, type ProjectDraft } from '../document/project-store'

/** Matches by name what the program gained since the data came in. What was chosen by hand stays. */
export async function fillMapping(): Promise<void> {
  const { project, readOnly } = projectStore.getState()
  // Nobody asked for it, so a project that is read-only is left as it is without a word.
  if (project?.datasetId === undefined || readOnly !== undefined) return
  const turn = projectTurn()
  const dataset = await getDataset(project.datasetId)
  const now = projectStore.getState().project
  if (dataset === undefined || now?.datasetId !== dataset.id) return
  const { inputs, labels } = missingMatches(now, dataset.columns)
  const match = (draft: ProjectDraft): void => {
    Object.assign(draft.mapping.inputs, inputs)
    Object.assign(draft.mapping.labels, labels)
  }
  turn.take(() => edit('Match columns by name', match, { undo: 'never' }))()
}

/**
 * Inputs that no column feeds, since the program cannot run without them; and labels where there is none at all, since one that was
 * taken away by hand must not come back.
 */
export function missingMatches({ graph, mapping }: Pick<Project, 'graph' | 'mapping'>, columns: readonly Column[]): Mapping {
  const ids = new Set(columns.map(column => column.id))
  const hasLabel = programOutputs(graph).some(field => ids.has(mapping.labels[field.id] ?? ''))
  const open = new Set(unmappedInputs(graph, columns, mapping).map(field => field.id))
  const used = new Set([...Object.values(mapping.inputs), ...Object.values(mapping.labels)])
  const guess = guessMapping(graph, columns)
  const free = ([, column]: readonly [string, string]) => !used.has(column)
  return {
    inputs: Object.fromEntries(Object.entries(guess.inputs).filter(match => open.has(match[0]) && free(match))),
    labels: hasLabel ? {} : Object.fromEntries(Object.entries(guess.labels).filter(free)),
  }
}
