import { activeRuns, liveRuns } from './live-runs'
import type { LiveRun } from './live-run'
import { projectStore } from './project-store'

const productName = 'DSPy Studio'

/** Shows in the tab's title and icon how far the run is, so that one can look elsewhere meanwhile. Returns a function that stops. */
export function showRunInTitle(): () => void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  const plainIcon = icon?.href
  let shown = ''
  const draw = () => {
    const run = activeRuns(liveRuns.getState()).at(-1)
    const share = run === undefined ? undefined : runShare(run)
    const title = runTitle(projectStore.getState().project?.name, share)
    if (title === shown) return
    shown = title
    document.title = title
    if (icon !== null && plainIcon !== undefined) icon.href = share === undefined ? plainIcon : progressIcon(share)
  }
  const stops = [liveRuns.subscribe(draw), projectStore.subscribe(draw)]
  draw()
  return () => {
    for (const stop of stops) stop()
    document.title = productName
    if (icon !== null && plainIcon !== undefined) icon.href = plainIcon
  }
}

/** Share of the planned LM calls that are answered, 0–1; never full before the end. */
export function runShare(run: Pick<LiveRun, 'totals' | 'view'>): number {
  return run.view.plannedCalls <= 0 ? 0 : Math.min(0.99, run.totals.answered / run.view.plannedCalls)
}

export function runTitle(projectName: string | undefined, share: number | undefined): string {
  const place = projectName === undefined ? productName : `${projectName} · ${productName}`
  return share === undefined ? place : `${Math.floor(share * 100)} % · ${place}`
}

/** A ring that closes, drawn as SVG: no canvas, no image. */
function progressIcon(share: number): string {
  const length = 2 * Math.PI * 12
  const ring = (colour: string, dash: string) =>
    `<circle cx="16" cy="16" r="12" fill="none" stroke="${colour}" stroke-width="6" stroke-dasharray="${dash}" transform="rotate(-90 16 16)"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${ring('#9993', `${length}`)}${ring('#5b5bd6', `${length * share} ${length}`)}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
