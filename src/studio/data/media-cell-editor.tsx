import { useEffect, useRef } from 'react'
import type { Json } from '@/lib/json'
import { isFileRef, type FileRef } from '@/engine/blobs/blob-ref'
import { isWebAddress } from '@/engine/blobs/remote-ref'
import type { MediaKind } from '@/engine/blobs/media'
import type { Column } from '@/engine/project/project'
import { errorSentence } from '@/state/session/notices'
import { MediaInput } from '@/ui/media-input'
import { columnTypeNames } from './cell-value'

interface MediaCellEditorProps {
  readonly column: Column
  readonly kind: MediaKind
  readonly value: Json | undefined
  readonly onGive: (given: Blob | string) => Promise<void>
  /** The address of an image as the value of the cell. */
  readonly onLink: (address: string) => void
  readonly onClear: () => void
  /** It was left; `byKey` when the grid should take the keys again. */
  readonly onLeave: (byKey: boolean) => void
}

/** The box over a cell of a column of images, recordings or files: Escape, or leaving it, closes it. */
export function MediaCellEditor({ column, kind, value, onGive, onLink, onClear, onLeave }: MediaCellEditorProps) {
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
      <MediaInput
        kind={kind}
        label={`${column.name} (${columnTypeNames[kind]})`}
        value={shownFile(value)}
        onGive={onGive}
        {...(kind === 'image' && { onLink })}
        onClear={onClear}
        problemOf={errorSentence}
      />
    </div>
  )
}

/** An address stays the text that it was in its file. */
function shownFile(value: Json | undefined): FileRef | undefined {
  if (isFileRef(value)) return value
  return typeof value === 'string' && isWebAddress(value.trim()) ? { $url: value.trim() } : undefined
}
