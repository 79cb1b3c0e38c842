import { EngineError } from '../base/errors'
import type { AnswerReading, CallKey } from './lm'

/**
 * Where it is noted which answers end attempts. A note is text: a line with the key of an answer for each attempt that ended while it was
 * being read. Who keeps it only hands it back.
 */
export interface ReadingNotes {
  /** The note as the attempt before left it. */
  readonly left?: string
  /** Answers whose reading was ended because it took too long: these need no second attempt. */
  readonly hung?: ReadonlySet<CallKey>
  /** Resolves when a restart would find the note, which counts this answer. It is read in the same turn of the event loop. */
  begin(key: CallKey, note: string): Promise<void>
  /** The answer was read, or refused in words: the note counts it no longer. */
  end(note: string): void
}

/** Shorter answers are not noted: a note is a write to the disk, and most answers are shorter. */
export const notedFrom = 4_000

/** One attempt may have been killed for a reason of its own, just while a sound answer was being read. */
const attemptsEnded = 2

/** The answers that are to be given up by what earlier attempts left. */
export function answersToGiveUp({ left = '', hung }: Pick<ReadingNotes, 'left' | 'hung'>): ReadonlySet<CallKey> {
  const lines = linesOf(left)
  return new Set(lines.filter(key => hung?.has(key) || lines.filter(line => line === key).length >= attemptsEnded))
}

/** `givenUp` are the answers that ended attempts, as the journal of the run says or is about to say. */
export function createAnswerReading(
  givenUp: ReadonlySet<CallKey>,
  notes?: ReadingNotes,
): AnswerReading & {
  /** The journal has all that is given up: the note need not count it any more. */
  settle(): void
} {
  let lines = linesOf(notes?.left ?? '').filter(key => !givenUp.has(key))
  /** One note at a time: with several, a restart could not tell which answer it was. */
  let last: Promise<unknown> = Promise.resolve()

  async function noted<T>(key: CallKey, to: ReadingNotes, read: () => T): Promise<T> {
    // A full disk, say: reading without a note is better than not reading.
    await to.begin(key, [...lines, key].join('\n')).catch(() => undefined)
    try {
      return read()
    } finally {
      lines = lines.filter(line => line !== key)
      to.end(lines.join('\n'))
    }
  }

  return {
    settle: () => notes?.end(lines.join('\n')),
    async read({ key, text }, read) {
      if (givenUp.has(key)) throw notRead(text)
      if (notes === undefined || text.length < notedFrom) return read()
      const turn = last.then(() => noted(key, notes, read))
      last = turn.catch(() => undefined)
      return turn
    },
  }
}

function linesOf(note: string): readonly CallKey[] {
  return note.split('\n').filter(line => line !== '')
}

function notRead(text: string): EngineError {
  const sentence = 'This answer was not read: an attempt at this run ended while it was reading it. It is kept as it came.'
  return new EngineError('adapter-parse', sentence, { text, parsed: {} })
}
