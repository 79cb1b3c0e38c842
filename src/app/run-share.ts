import type { LiveRun } from '@/state/runs/live/live-run'

/** How much of its planned LM calls a run has had answered, 0–1. */
export function runShare({ totals, view }: Pick<LiveRun, 'totals' | 'view'>): number {
  return view.plannedCalls > 0 ? Math.min(1, totals.answered / view.plannedCalls) : 0
}
