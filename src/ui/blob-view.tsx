import { FileQuestion, FileText, Image as ImageIcon, Music } from 'lucide-react'
import { formatBytes } from '@/lib/byte-size'
import { useBlobUrl, type BlobName } from './blob-source'
import { cx } from './cx'

interface BlobViewProps {
  readonly blob: BlobName
  /** `line` fits into a table cell or a line of text. */
  readonly size?: 'line' | 'full'
}

/** A file where it was sent or stands as a value: an image as an image, all else by type and size, to be saved. */
export function BlobView({ blob, size = 'full' }: BlobViewProps) {
  const loaded = useBlobUrl(blob)
  const words = `${blob.mime}, ${formatBytes(blob.bytes)}`
  const isImage = blob.mime.startsWith('image/')
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
  const Icon = loaded.state === 'missing' ? FileQuestion : isImage ? ImageIcon : blob.mime.startsWith('audio/') ? Music : FileText
  const chip = (
    <>
      <Icon className="size-3.5 shrink-0" aria-hidden="true" />
      <span className="truncate">
        {words}
        {loaded.state === 'missing' && ', not stored here'}
      </span>
    </>
  )
  const look =
    'inline-flex max-w-full items-center gap-1.5 rounded-sm border border-line bg-surface px-1.5 py-px align-middle text-sm text-soft'
  if (loaded.state !== 'there' || size === 'line') return <span className={look}>{chip}</span>
  return (
    <a className={cx(look, 'hover:bg-hover')} href={loaded.url} download={`${blob.$blob.slice(0, 8)}.${endingOf(blob)}`}>
      {chip}
    </a>
  )
}

/** Of types that nothing runs; whoever made the file of a project may have named any. */
function endingOf({ mime }: BlobName): string {
  return (
    /^(?:image|audio|video|application|text)\/(png|jpeg|gif|webp|avif|pdf|mpeg|wav|ogg|flac|mp4|webm|csv|json)$/.exec(mime)?.[1] ?? 'bin'
  )
}
