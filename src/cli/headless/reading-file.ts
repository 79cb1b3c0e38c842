import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { ReadingNotes } from '@/engine/lm/answer-reading'

/**
 * The note of answers that were being read when an attempt ended, in a file that is there only while it says something. Not waited for
 * until it is on the disk itself: it outlives a kill, and a power cut is nothing that an answer did.
 */
export function openReadingFile(path: string): ReadingNotes {
  return {
    left: existsSync(path) ? readFileSync(path, 'utf8') : '',
    begin: async (_key, note) => writeFileSync(path, note),
    end: note => (note === '' ? rmSync(path, { force: true }) : writeFileSync(path, note)),
  }
}
