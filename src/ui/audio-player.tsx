import { Pause, Play } from 'lucide-react'
import { useRef, useState } from 'react'

interface AudioPlayerProps {
  readonly url: string
  /** What it is: name, type and size. */
  readonly words: string
  /** `line` is a button beside the words, for a table cell or a node. */
  readonly size: 'line' | 'full'
}

/** A recording to listen to. A format that the browser does not play is still sent as it is, and says so here. */
export function AudioPlayer({ url, words, size }: AudioPlayerProps) {
  const audio = useRef<HTMLAudioElement>(null)
  const [isPlaying, setPlaying] = useState(false)
  const [isBroken, setBroken] = useState(false)

  const player = (
    // What is said in a recording of a dataset is what the program is to find out.
    // oxlint-disable-next-line jsx-a11y/media-has-caption
    <audio
      ref={audio}
      src={url}
      preload="metadata"
      controls={size === 'full'}
      aria-label={words}
      className={size === 'full' ? 'h-9 w-80 max-w-full' : 'hidden'}
      onPlay={() => setPlaying(true)}
      onPause={() => setPlaying(false)}
      onError={() => setBroken(true)}
    />
  )
  const note = isBroken ? `${words} · this browser cannot play it` : words
  if (size === 'full')
    return (
      <span className="my-1 flex flex-col gap-0.5">
        {player}
        <span className="text-sm text-soft">{note}</span>
      </span>
    )
  return (
    <span className="inline-flex max-w-full items-center gap-1.5 align-middle text-sm text-soft">
      <button
        type="button"
        tabIndex={-1}
        aria-label={isPlaying ? `Pause ${words}` : `Play ${words}`}
        disabled={isBroken}
        className="rounded-sm border border-line bg-surface p-1 text-text hover:bg-hover disabled:opacity-40"
        onClick={event => {
          event.stopPropagation()
          if (isPlaying) audio.current?.pause()
          // What cannot be played tells by `onError`.
          else audio.current?.play().catch(() => undefined)
        }}
      >
        {isPlaying ? <Pause className="size-3" aria-hidden="true" /> : <Play className="size-3" aria-hidden="true" />}
      </button>
      <span className="truncate">{note}</span>
      {player}
    </span>
  )
}
