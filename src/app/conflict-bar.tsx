import { resolveConflict, useProjectStore } from '@/state/document/project-store'
import { Button } from '@/ui/button'

/** Another tab saved this project while this one had changes of its own: the user chooses which of the two stays. */
export function ConflictBar() {
  const isConflict = useProjectStore(state => state.save.isChangedElsewhere === true)
  if (!isConflict) return null
  return (
    <div role="alert" className="flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-1.5 text-warn-text">
      <p className="flex-1">This project was changed in another tab, and it was changed here. Nothing is saved until you choose.</p>
      <Button size="sm" onClick={() => void resolveConflict('theirs')}>
        Take the other tab’s
      </Button>
      <Button size="sm" onClick={() => void resolveConflict('mine')}>
        Keep this one
      </Button>
    </div>
  )
}
