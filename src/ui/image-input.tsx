import { ImagePlus, Trash2 } from 'lucide-react'
import { useRef, useState, type ClipboardEvent, type DragEvent } from 'react'
import type { BlobName } from './blob-source'
import { BlobView } from './blob-view'
import { Button } from './button'
import { TextInput } from './text-input'
import { useTurns } from './use-turns'

interface ImageInputProps {
  /** What the image is of; read aloud. */
  readonly label: string
  readonly value: BlobName | undefined
  /** A file, or the text of an address. Rejects with a sentence to show. */
  readonly onGive: (given: Blob | string) => Promise<void>
  readonly onClear: () => void
  readonly problemOf: (error: unknown) => string
  readonly autoFocus?: boolean
}

/** An image from a file, the clipboard, a drop or an address. */
export function ImageInput({ label, value, onGive, onClear, problemOf, autoFocus = false }: ImageInputProps) {
  const chooser = useRef<HTMLInputElement>(null)
  const [address, setAddress] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()

  const turns = useTurns()

  async function give(given: Blob | string | undefined) {
    if (given === undefined || given === '' || isBusy) return
    const turn = turns.next()
    setBusy(true)
    setProblem(undefined)
    try {
      await onGive(given)
      turn.take(setAddress)('')
    } catch (error) {
      turn.take(setProblem)(problemOf(error))
    }
    turn.take(setBusy)(false)
  }

  function takeFile(event: ClipboardEvent | DragEvent, files: FileList | undefined) {
    const [file] = files ?? []
    if (file === undefined) return
    event.preventDefault()
    void give(file)
  }

  return (
    // Buttons and a box do the same by keyboard; the group only takes what is pasted or dropped on any of them.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="group"
      aria-label={label}
      className="flex flex-col gap-1.5"
      onPaste={event => takeFile(event, event.clipboardData.files)}
      onDragOver={event => event.preventDefault()}
      onDrop={event => {
        event.stopPropagation()
        takeFile(event, event.dataTransfer.files)
      }}
    >
      {value !== undefined && <BlobView blob={value} />}
      <div className="flex flex-wrap items-center gap-1.5">
        <Button size="sm" icon={<ImagePlus />} loading={isBusy} autoFocus={autoFocus} onClick={() => chooser.current?.click()}>
          {value === undefined ? 'Choose image…' : 'Change image…'}
        </Button>
        {value !== undefined && (
          <Button size="sm" variant="ghost" icon={<Trash2 />} onClick={onClear}>
            Remove
          </Button>
        )}
        <TextInput
          className="min-w-32 flex-1"
          label={`Address of ${label}`}
          placeholder="or paste an image or its address"
          value={address}
          onChange={text => {
            setAddress(text)
            setProblem(undefined)
          }}
          onBlur={() => void give(address.trim())}
          onKeyDown={event => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            void give(address.trim())
          }}
        />
      </div>
      {problem !== undefined && (
        <p role="alert" className="text-sm text-bad-text">
          {problem}
        </p>
      )}
      <input
        ref={chooser}
        type="file"
        accept="image/*"
        aria-label={`File of ${label}`}
        hidden
        onChange={event => {
          const file = event.target.files?.[0]
          // The same file may be chosen again.
          event.target.value = ''
          void give(file)
        }}
      />
    </div>
  )
}
