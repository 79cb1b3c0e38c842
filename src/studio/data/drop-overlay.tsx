import { FileDown } from 'lucide-react'

/** Shown while a file is dragged over the page. */
export function DropOverlay() {
  return (
    <div className="pointer-events-none absolute inset-2 z-30 flex items-center justify-center rounded-xl border-2 border-dashed border-accent bg-accent-soft/90">
      <p className="flex items-center gap-2 text-lg font-medium text-accent-text">
        <FileDown className="size-5" aria-hidden="true" /> Drop the file to preview it
      </p>
    </div>
  )
}
