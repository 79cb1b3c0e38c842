import { dateOf, type Clock } from '../../base/clock'
import type { LmLine, LmWait } from '../lm'

/**
 * Says after a while that an endpoint which never answered has not done so yet. An address that swallows requests looks like a large model
 * for as long as one request may take, and until then nothing else tells. Returns the way to say that the request is over.
 */
export function tellLateFirstAnswer(
  line: LmLine,
  clock: Clock,
  { onWait, timeoutMs }: { readonly onWait: (wait: LmWait) => void; readonly timeoutMs: number },
): () => void {
  const over = new AbortController()
  const sentAt = clock.now()
  clock.sleep(patientMs, over.signal).then(
    () => {
      if (line.lives > 0 || line.outage) return
      const time = new Date(dateOf(clock, sentAt)).toLocaleTimeString('en-GB')
      onWait({
        until: sentAt + timeoutMs,
        reason: `No answer from ${line.host} yet: the first request left at ${time}. A large model may take that long, and a wrong address looks the same. A request is given up after ${Math.round(timeoutMs / 1000)} s.`,
      })
    },
    () => undefined,
  )
  return () => over.abort('it is over')
}

const patientMs = 10_000
