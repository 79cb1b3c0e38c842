import { onUse } from '@/lib/on-use'
import { notifyError } from '../../session/notices'
import { projectStore } from '../project-store'

/** Loaded when a program is laid out: the library is a fifth of the first page. */
const layout = onUse(() => import('./layout'))

/** Lays the program out from left to right. False when the project was left meanwhile, or when it failed, which is told. */
export async function layOutProgram(): Promise<boolean> {
  const id = projectStore.getState().project?.id
  try {
    const [{ layoutGraph }, { autoLayout }] = await Promise.all([layout(), import('./graph-edits')])
    if (id === undefined || projectStore.getState().project?.id !== id) return false
    autoLayout(layoutGraph)
    return true
  } catch (error) {
    notifyError('The program could not be laid out', error)
    return false
  }
}
