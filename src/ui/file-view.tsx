import { FileQuestion, FileText, Image as ImageIcon, Link as LinkIcon, Music } from 'lucide-react'
import { formatBytes } from '@/lib/byte-size'
import { useBlobUrl, type BlobName, type FileName } from './blob-source'
import { cx } from './cx'
import { whenShown } from './when-shown'

/** Few values are recordings. */
const AudioPlayer = whenShown(async () => (await import('./audio-player')).AudioPlayer)

interface FileViewProps<F> {
  readonly file: F
  /** `line` fits into a table cell or a line of text. */
  readonly size?: 'line' | 'full'
}

/** A file where it was sent or stands as a value: an image as an image, a recording to be played, all else by type and size, to be saved. */
export function FileView({ file, size = 'full' }: FileViewProps<FileName>) {
  return '$blob' in file ? <BlobView file={file} size={size} /> : <RemoteView file={file} />
}

/** What is elsewhere is not fetched by looking at it: whoever made the value chose the address. */
function RemoteView({ file }: FileViewProps<Exclude<FileName, BlobName>>) {
  if ('$file' in file)
    return (
      <span className={look} title="A file that was uploaded to the provider">
        <FileText className="size-3.5 shrink-0" aria-hidden="true" />
        <span className="truncate">{file.name ?? file.$file}</span>
      </span>
    )
  return (
    <span className={look} title={`Sent by its address: ${file.$url}`}>
      <LinkIcon className="size-3.5 shrink-0" aria-hidden="true" />
      <span className="truncate">{file.$url}</span>
    </span>
  )
}

function BlobView({ file, size }: FileViewProps<BlobName>) {
  const loaded = useBlobUrl(file)
  const words = `${file.name === undefined ? '' : `${file.name}, `}${file.mime}, ${formatBytes(file.bytes)}`
  const isImage = file.mime.startsWith('image/')
  const isAudio = file.mime.startsWith('audio/')
  if (loaded.state === 'there' && isImage) {
    return (
      <img
        src={loaded.url}
        alt={words}
        title={words}
        className={cx(
          'rounded-sm border border-line bg-sunken object-contain',
          size === 'line' ? 'inline-block h-6 max-w-24 align-middle' : 'my-1 block max-h-64 max-w-full',
        )}
      />
    )
  }
  if (loaded.state === 'there' && isAudio) return <AudioPlayer url={loaded.url} words={words} size={size ?? 'full'} />
  const Icon = loaded.state === 'missing' ? FileQuestion : isImage ? ImageIcon : isAudio ? Music : FileText
  const chip = (
    <>
      <Icon className="size-3.5 shrink-0" aria-hidden="true" />
      <span className="truncate">
        {words}
        {loaded.state === 'missing' && ', not stored here'}
      </span>
    </>
  )
  if (loaded.state !== 'there' || size === 'line') return <span className={look}>{chip}</span>
  return (
    <a className={cx(look, 'hover:bg-hover')} href={loaded.url} download={file.name ?? `${file.$blob.slice(0, 8)}.${endingOf(file)}`}>
      {chip}
    </a>
  )
}

const look =
  'inline-flex max-w-full items-center gap-1.5 rounded-sm border border-line bg-surface px-1.5 py-px align-middle text-sm text-soft'

/** Of types that nothing runs; whoever made the file of a project may have named any. */
function endingOf({ mime }: BlobName): string {
  return (
    /^(?:image|audio|video|application|text)\/(png|jpeg|gif|webp|avif|pdf|mpeg|wav|ogg|flac|mp4|webm|csv|json)$/.exec(mime)?.[1] ?? 'bin'
  )
}
