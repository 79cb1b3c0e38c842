/**
 * Time. Handed in, so that a replay and a test decide what it is. What passed is measured with `now` and never with `date`: a computer
 * sets its date back or forward whenever it likes, and a run must neither stall nor lose its time for that.
 */
export interface Clock {
  /**
   * Milliseconds since some moment of this process's own: never goes back, and stands still while the computer sleeps on most systems.
   * For measuring and for deadlines; it means nothing to another process, so it is never stored or sent.
   */
  now(): number
  /** Milliseconds since 1970, as the computer has it. To be stored and shown, never to be subtracted. */
  date(): number
  /** Resolves after `ms` as `now` counts them, however many; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The date of a moment that `now` counts. */
export function dateOf(clock: Pick<Clock, 'now' | 'date'>, at: number): number {
  return Math.round(clock.date() + at - clock.now())
}
