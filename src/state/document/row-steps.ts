import { newId } from '@/lib/ids'
import { editDataset, type DatasetEdit } from '@/storage/dataset-edits'
import { withEntry, withoutEntry, type Change, type Direction, type HistoryEntry, type NamedStep } from './history'
import { currentPlace } from './place'
import { changeHistory, currentProject, mustBeEditable, noteStep, projectStore } from './project-store'

// Rows are stored at once, but not in an instant: undo waits for what is under way, and what ends late belongs to the project it began in.

/**
 * Stores an edit of rows of the open project's dataset with `store` and notes the step that takes it back. From the call on, undo waits for
 * it. Undefined where `store` found nothing to change. Throws `project-newer` where the project is read-only.
 */
export async function editRows(
  label: string,
  datasetId: string,
  store: () => Promise<DatasetEdit | undefined>,
): Promise<NamedStep | undefined> {
  mustBeEditable()
  const { id: projectId } = currentProject()
  const place = currentPlace(currentProject())
  // A step is taken back where it is seen, and where it was made.
  const made = place === undefined || place === 'data' ? [] : [place]
  return start({ projectId, label }, async () => {
    const back = await store()
    if (back === undefined) return undefined
    const id = newId('step')
    noteStep(projectId, { id, label, places: ['data', ...made], change: { kind: 'dataset', datasetId, back } })
    return { projectId, id, label, place: 'data' } as const
  })
}

/** What taking a step of rows back came to: undefined where it was undone already, such as in another tab. */
export type RowsTaken = 'taken' | undefined

/** Applies the edit that takes a step of rows back, or that redoes it. Throws what keeps it from being stored. */
export function takeRows(
  direction: Direction,
  entry: HistoryEntry,
  { datasetId, back }: Extract<Change, { kind: 'dataset' }>,
): Promise<RowsTaken> {
  const { id: projectId } = currentProject()
  return start({ projectId }, async () => {
    const next = await editDataset(datasetId, back)
    changeHistory(projectId, history => {
      const rest = withoutEntry(history, direction, entry.id)
      if (next === undefined) return rest
      return withEntry(rest, direction === 'undo' ? 'redo' : 'undo', entry, { kind: 'dataset', datasetId, back: next })
    })
    return next && 'taken'
  })
}

/** The label of an edit that the storage does not have yet, and that undo would take back. */
export function storingLabel(projectId: string): string | undefined {
  return storing?.projectId === projectId ? storing.label : undefined
}

/**
 * The end of the edit that `storingLabel` names, for the key that is meant for it: false where it failed, so that the key takes no other
 * step. The next key is meant for the step before.
 */
export function storingEnd(projectId: string): Promise<boolean> | undefined {
  if (storing?.projectId !== projectId) return undefined
  const { isStored } = storing
  storing = undefined
  return isStored
}

/** Ends with work on rows of the project; undefined where there is none. Ask again after it: another key that waited may have begun the next. */
export function rowsUnderWay(projectId: string): Promise<unknown> | undefined {
  return underWay.find(work => work.projectId === projectId)?.isStored
}

interface RowWork {
  readonly projectId: string
  /** Of an edit of its own; what takes a step back has none. */
  readonly label?: string
  readonly isStored: Promise<boolean>
}

let underWay: readonly RowWork[] = []
let storing: RowWork | undefined

function start<T>(about: Omit<RowWork, 'isStored'>, work: () => Promise<T>): Promise<T> {
  const end = () => {
    underWay = underWay.filter(each => each !== mine)
    if (storing === mine) storing = undefined
    redraw()
  }
  const done = work().finally(() => end())
  const isStored = done.then(
    () => true,
    () => false,
  )
  const mine: RowWork = { ...about, isStored }
  underWay = [...underWay, mine]
  if (mine.label !== undefined) storing = mine
  redraw()
  return done
}

/** What undo would take back is another step, although the document and its history are the same. */
function redraw(): void {
  projectStore.setState({})
}
