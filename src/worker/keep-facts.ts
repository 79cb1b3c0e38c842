import { joinFacts } from '@/engine/lm/refusable'
import type { JournalEvent } from '@/engine/record/events'
import { addModelFacts } from '@/storage/model-facts'

/** Keeps what a run found out about models for the runs after it. */
export function keepFacts(events: readonly JournalEvent[]): void {
  const found = joinFacts(events.filter(event => event.type === 'model-facts'))
  // The run's own journal has them: without this the next run is refused once more, and that is all.
  if (found.length > 0) void addModelFacts(found).catch(() => undefined)
}
