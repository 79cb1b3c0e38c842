import { cutText } from './cut-text'
import { trimOf } from './trim-of'

/** A project's name as the start of a file name. */
export function fileStem(name: string): string {
  const stem = trimOf(name.normalize('NFKD').replace(/[^\w]+/g, '-'), /-/).toLowerCase()
  return stem === '' ? 'project' : cutText(stem, 60)
}
