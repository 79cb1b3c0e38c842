import { systemClock } from '@/lib/system-clock'

const countFormat = new Intl.NumberFormat('en-US')
const compactFormat = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })

/** `1,234`; from a hundred thousand on `123.5K`. */
export function formatCount(count: number): string {
  return Math.abs(count) < 100_000 ? countFormat.format(count) : compactFormat.format(count)
}

/** Milliseconds as people say them: `85 ms`, `4.2 s`, `3 min 5 s`, `2 h 4 min`. */
export function formatMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 59.95) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  if (minutes < 60) return joined(minutes, 'min', Math.round(seconds) % 60, 's')
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

/** US dollars; nothing known is said as such, never as zero. */
export function formatCost(cost: number | undefined): string {
  if (cost === undefined) return 'price unknown'
  if (cost === 0) return '$0'
  if (cost < 0.0001) return '< $0.0001'
  return `$${cost < 0.1 ? cost.toFixed(4) : cost.toFixed(2)}`
}

/** How long ago: `just now`, `40 s ago`, `3 min ago`, `5 h ago`, `2 d ago`, then the date. */
export function formatAgo(at: number, now: number = systemClock.date()): string {
  const seconds = Math.floor((now - at) / 1000)
  if (seconds < 2) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`
  return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
}

function joined(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
}
