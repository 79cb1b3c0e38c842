import type { CallKey, Usage, CallPurpose } from './lm'

/** Caps of one run. Absent means none. `maxCalls` counts requests sent, retries included; `maxCost` is US dollars. */
export interface Budget {
  readonly maxCalls?: number
  readonly maxTokens?: number
  readonly maxCost?: number
  readonly maxMs?: number
}

/** What was used so far. `tokens` are input and output together, `cost` is US dollars of the calls with a known price. */
export interface Spent {
  readonly calls: number
  readonly tokens: number
  readonly cost: number
}

export const nothingSpent: Spent = { calls: 0, tokens: 0, cost: 0 }

export function addSpent(a: Spent, b: Omit<Spent, 'calls'> & { readonly calls?: number }): Spent {
  return { calls: a.calls + (b.calls ?? 0), tokens: a.tokens + b.tokens, cost: a.cost + b.cost }
}

/** Room set aside for one request that is on its way: its worst case. */
export interface Reservation {
  readonly model: string
  readonly tokens: number
  readonly cost: number
  readonly key?: CallKey
}

/** How a request that left came back. One that we gave up ourselves before an answer began has no end: nobody knows what became of it. */
export type RequestEnd = { readonly purpose: CallPurpose } & (
  | {
      readonly isAnswered: false
      /** Set where it was given up while its answer came: what of that is known. */
      readonly cut?: { readonly usage: Usage; readonly cost?: number }
    }
  | { readonly isAnswered: true; readonly usage: Usage; readonly cost?: number }
)

/** A budget as it stands: what is settled, and what is on its way with nobody knowing yet what it will cost. */
export interface SpendNote {
  readonly spent: Spent
  readonly open: readonly Reservation[]
}
