import { formatCost, formatCount } from '@/ui/format'

/** `about 1,200 calls, $0.42`: rounded to two digits, as an estimate deserves. */
export function callsAndCost(calls: number, cost: number | undefined): string {
  const rounded = calls < 100 ? Math.round(calls) : Number(calls.toPrecision(2))
  const words = rounded === 1 ? '1 call' : `${formatCount(rounded)} calls`
  return `about ${words}, ${cost === 0 ? 'free' : formatCost(cost)}`
}
