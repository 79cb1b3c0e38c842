import { useEffect, useRef } from 'react'
import type { Json } from '@/lib/json'
import { isBlobRef } from '@/engine/blobs/blob-ref'
import type { Column } from '@/engine/project/project'
import { errorSentence } from '@/state/session/notices'
import { ImageInput } from '@/ui/image-input'

interface ImageCellEditorProps {
  readonly column: Column
  readonly value: Json | undefined
  readonly onGive: (given: Blob | string) => Promise<void>
  readonly onClear: () => void
  /** It was left; `byKey` when the grid should take the keys again. */
  readonly onLeave: (byKey: boolean) => void
}

/** The box over a cell of an image column: Escape, or leaving it, closes it. */
export function ImageCellEditor({ column, value, onGive, onClear, onLeave }: ImageCellEditorProps) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.querySelector('button')?.focus(), [])
  return (
    // The controls inside take the keys; the box only keeps them from the grid.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events
    <div
      ref={box}
      className="absolute top-0 left-0 z-20 w-96 max-w-[80vw] cursor-default rounded-md border border-accent bg-surface p-2.5 font-sans shadow-float"
      onClick={event => event.stopPropagation()}
      onDoubleClick={event => event.stopPropagation()}
      onKeyDown={event => {
        event.stopPropagation()
        if (event.key === 'Escape') onLeave(true)
      }}
      onBlur={event => {
        // A file chooser takes the focus from the page, to nowhere in it.
        if (event.relatedTarget instanceof Node && !event.currentTarget.contains(event.relatedTarget)) onLeave(false)
      }}
    >
      <ImageInput
        label={`${column.name} (Image)`}
        value={isBlobRef(value) ? value : undefined}
        onGive={onGive}
        onClear={onClear}
        problemOf={errorSentence}
      />
    </div>
  )
}
