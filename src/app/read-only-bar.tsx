import { allowEdits, useProjectStore } from '@/state/document/project-store'
import { Button } from '@/ui/button'

/** A project that names what this version does not know is shown as it is, until its user wants to change it. */
export function ReadOnlyBar() {
  const unknown = useProjectStore(state => state.readOnly)
  if (unknown === undefined) return null
  return (
    <div role="status" className="flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-1.5 text-warn-text">
      <p className="flex-1">
        <strong className="font-medium">Read-only.</strong> This project uses {unknown.join(', ')}, which this version of DSPy Studio does
        not know. Update DSPy Studio to use it; where you change the project now, what is not known stays in it as it is.
      </p>
      <Button size="sm" onClick={allowEdits}>
        Allow changes
      </Button>
    </div>
  )
}
