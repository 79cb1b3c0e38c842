import { activeRuns, liveRuns } from '../live/live-runs'
import type { LiveRun } from '../live/live-run'

let isWatching = false

/** Draws in the tab's icon how far the run is, so that one can look elsewhere meanwhile. */
export function showRunInIcon(): void {
  const icon = typeof document === 'undefined' ? null : document.querySelector<HTMLLinkElement>('link[rel~="icon"]')
  if (icon === null || isWatching) return
  isWatching = true
  const plain = icon.href
  let shown: number | undefined
  liveRuns.subscribe(state => {
    const run = activeRuns(state)
      .filter(each => each.view.kind !== 'row')
      .at(-1)
    const percent = run === undefined ? undefined : runPercent(run)
    if (percent === shown) return
    shown = percent
    icon.href = percent === undefined ? plain : progressIcon(percent)
  })
}

/** Planned LM calls that are answered, in whole per cents; never full before the end. */
export function runPercent({ totals, view }: Pick<LiveRun, 'totals' | 'view'>): number {
  return view.plannedCalls <= 0 ? 0 : Math.min(99, Math.floor((totals.answered / view.plannedCalls) * 100))
}

/** A ring that closes. As an SVG it needs no image and no canvas. */
function progressIcon(percent: number): string {
  const length = 2 * Math.PI * 12
  const ring = (colour: string, dash: number) =>
    `<circle cx="16" cy="16" r="12" fill="none" stroke="${colour}" stroke-width="7" stroke-dasharray="${dash} ${length}" transform="rotate(-90 16 16)"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${ring('#8888', length)}${ring('#0a8f9c', (length * percent) / 100)}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
