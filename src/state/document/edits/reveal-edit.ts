import type { RunId } from '@/storage/records'
import { systemClock } from '@/lib/system-clock'
import { edit, flushSave } from '../project-store'

/** A look at the test split is a fact: it cannot be undone. */
export function addReveal(runId: RunId): void {
  edit('Reveal test score', draft => void draft.reveals.push({ at: systemClock.date(), runId }), { undo: 'never', isFact: true })
  void flushSave()
}
