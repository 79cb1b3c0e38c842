import { onAbort } from '@/lib/on-abort'
import type { RunEvent } from '../record/events'

/**
 * Pulls a story to its end and hands on each event. When the signal aborts it stops at once with the signal's reason, also while
 * the story waits for something that does not listen.
 */
export async function drive<T>(story: AsyncGenerator<RunEvent, T>, emit: (event: RunEvent) => void, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort(signal, () => reject(signal.reason))
  })
  // Both lose a race at times; neither may then count as unhandled.
  aborted.catch(() => undefined)
  for (;;) {
    const step = story.next()
    step.catch(() => undefined)
    const { done, value } = await Promise.race([step, aborted])
    if (done) return value
    emit(value)
  }
}
