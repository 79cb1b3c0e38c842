import { FileView } from './file-view'
import type { ContentPart } from './content-view'

interface InlineContentProps {
  readonly content: string | readonly ContentPart[]
  /** `line` fits into a table cell or a line of text. */
  readonly size?: 'line' | 'full'
}

/** A value as words, with the files in it at their places. */
export function InlineContent({ content, size = 'full' }: InlineContentProps) {
  if (typeof content === 'string') return content
  return content.map((part, index) =>
    part.type === 'blob' || part.type === 'remote' ? (
      <FileView key={index} file={part.ref} size={size} />
    ) : (
      <span key={index}>{'text' in part ? part.text : ''}</span>
    ),
  )
}
