import { mimeOfName, type MediaKind } from '@/engine/blobs/media'
import { storeMedia } from './stored-media'

/** True for a file that is a value of a row, not rows itself. */
export function isMediaFile({ name, type }: File): boolean {
  return /^(?:image|audio)\/|^application\/pdf$/.test(type || (mimeOfName(name) ?? ''))
}

/**
 * Files as rows to import, one each: its name, and the file itself in a column of its kind. They are stored before, so that a large one is
 * never a text; those of an import that is given up go after a day. Throws with a sentence to show, and which file it is about.
 */
export async function rowsOfFiles(files: readonly File[]): Promise<Blob> {
  const lines: string[] = []
  for (const file of files) {
    const kind = kindOf(file)
    const ref = await storeMedia(kind, file)
    lines.push(JSON.stringify({ name: file.name, [kind]: ref }))
  }
  return new Blob([lines.join('\n')], { type: 'application/jsonl' })
}

function kindOf({ name, type }: File): MediaKind {
  const [kind] = (type || (mimeOfName(name) ?? '')).split('/')
  return kind === 'image' || kind === 'audio' ? kind : 'file'
}
