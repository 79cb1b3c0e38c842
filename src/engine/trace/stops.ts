import type { StopReason, Trace } from './span'

/** The bounds at which its steps ended, each once, in order. Of a step inside an attempt that was not kept too. */
export function stopsOf(trace: Trace): readonly StopReason[] {
  return [...new Set(trace.flatMap(({ stopped }) => stopped ?? []))]
}

/** Each in two or three words. */
export const stopNames: Readonly<Record<StopReason, string>> = {
  'max-iterations': 'out of steps',
  'max-attempts': 'below the threshold',
  'unreadable-step': 'a turn unreadable',
  'no-tool-call': 'a turn without a call',
  'context-length': 'too long to go on',
}

/** The first of them in words, for a row: undefined where every step came to its own end. */
export function stopNote(trace: Trace): string | undefined {
  const [reason] = stopsOf(trace)
  return reason && stopNames[reason]
}

/** Why a step ended at a bound, for the step itself. */
export const stopWords: Readonly<Record<StopReason, string>> = {
  'max-iterations': 'It reached its most steps and answered with what it had. Allow more steps, or give it better tools.',
  'max-attempts': 'No attempt reached the threshold: the best one was kept. Allow more attempts, or lower the threshold.',
  'unreadable-step': 'One of its turns could not be read: it answered with what it had.',
  'no-tool-call': 'It called no tool in a turn: it was asked for the outputs.',
  'context-length': 'What it had done became too long for the model: it answered with what it had.',
}

/** In how many rows a step ended at each bound. A bound that no row met is left out. */
export function stopCounts(rows: readonly (readonly StopReason[])[]): Readonly<Partial<Record<StopReason, number>>> {
  const reasons = Object.keys(stopNames) as StopReason[] // Its keys are the reasons, by its type.
  return Object.fromEntries(
    reasons.map(reason => [reason, rows.filter(row => row.includes(reason)).length] as const).filter(([, count]) => count > 0),
  )
}
