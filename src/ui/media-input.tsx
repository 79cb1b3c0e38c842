import { AudioLines, FileUp, ImagePlus, Link, Trash2 } from 'lucide-react'
import { useRef, useState, type ClipboardEvent, type DragEvent } from 'react'
import type { FileName } from './blob-source'
import { FileView } from './file-view'
import { Button } from './button'
import { TextInput } from './text-input'
import { useTurns } from './use-turns'

export type MediaInputKind = 'image' | 'audio' | 'file'

interface MediaInputProps {
  readonly kind: MediaInputKind
  /** What the file is of; read aloud. */
  readonly label: string
  readonly value: FileName | undefined
  /** A file, or the text of an address or an id. Rejects with a sentence to show. */
  readonly onGive: (given: Blob | string) => Promise<void>
  /** The address is sent as it stands, and the provider fetches the image. */
  readonly onLink?: (address: string) => void
  readonly onClear: () => void
  readonly problemOf: (error: unknown) => string
  readonly autoFocus?: boolean
}

/** An image, a recording or a file, chosen, pasted, dropped, or by its address. */
export function MediaInput({ kind, label, value, onGive, onLink, onClear, problemOf, autoFocus = false }: MediaInputProps) {
  const chooser = useRef<HTMLInputElement>(null)
  const [address, setAddress] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const { noun, placeholder, accept, Icon } = kinds[kind]

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

  const link = address.trim()
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
      {value !== undefined && <FileView file={value} />}
      <div className="flex flex-wrap items-center gap-1.5">
        <Button size="sm" icon={<Icon />} loading={isBusy} autoFocus={autoFocus} onClick={() => chooser.current?.click()}>
          {value === undefined ? `Choose ${noun}…` : `Change ${noun}…`}
        </Button>
        {value !== undefined && (
          <Button size="sm" variant="ghost" icon={<Trash2 />} onClick={onClear}>
            Remove
          </Button>
        )}
        <TextInput
          className="min-w-32 flex-1"
          label={`Address of ${label}`}
          placeholder={placeholder}
          value={address}
          onChange={text => {
            setAddress(text)
            setProblem(undefined)
          }}
          onBlur={event => {
            // Leaving the box for the button beside it is a choice of its own.
            if (event.relatedTarget instanceof HTMLElement && event.relatedTarget.dataset['link'] !== undefined) return
            void give(link)
          }}
          onKeyDown={event => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            void give(link)
          }}
        />
        {onLink !== undefined && /^(?:https?|gs):\/\/\S+$/i.test(link) && (
          <Button
            size="sm"
            data-link=""
            icon={<Link />}
            title="The image stays where it is: its address is sent, and the provider fetches it"
            onClick={() => {
              onLink(link)
              setAddress('')
              setProblem(undefined)
            }}
          >
            Send the address
          </Button>
        )}
      </div>
      {problem !== undefined && (
        <p role="alert" className="text-sm text-bad-text">
          {problem}
        </p>
      )}
      <input
        ref={chooser}
        type="file"
        {...(accept !== undefined && { accept })}
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

const kinds = {
  image: { noun: 'image', placeholder: 'or paste an image or its address', accept: 'image/*', Icon: ImagePlus },
  audio: { noun: 'recording', placeholder: 'or paste a recording or its address', accept: 'audio/*', Icon: AudioLines },
  file: { noun: 'file', placeholder: 'or paste a file, its address, or its id at the provider', accept: undefined, Icon: FileUp },
} as const
