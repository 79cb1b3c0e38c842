import { callsByPlace, callsOfRun, type PlaceCalls } from '@/engine/graph/predictors'
import type { CallRange } from '@/engine/lm/call-range'
import { judgeCallsOf } from '@/engine/metrics/registry'
import { useProject } from '@/state/document/project-store'
import { formatCount } from '@/ui/format'
import { CallTable } from './call-table'

/** Why an estimate is a range: what one row takes, predictor by predictor. Nothing where a row takes one call. */
export function CallsByStep() {
  const graph = useProject(project => project.graph)
  const metric = useProject(project => project.metric)
  const places = callsByPlace(graph)
  const judge = judgeCallsOf(metric)
  const own = callsOfRun(graph)
  const total = { low: own.low + judge.low, expected: own.expected + judge.expected, high: own.high + judge.high }
  if (total.high <= 1) return null
  const rows = places.map(place => ({ name: placeName(place, places), calls: place.calls }))
  return (
    <details className="rounded-lg border border-line px-3 py-2">
      <summary className="cursor-pointer text-sm">One row takes {rangeWords(total)}</summary>
      <div className="mt-2">
        <CallTable
          heading="Step"
          rows={judge.high > 0 ? [...rows, { name: 'Judge of the metric', calls: judge }] : rows}
          total={{ name: 'One row', calls: total }}
        />
      </div>
    </details>
  )
}

function placeName({ step, stepName, title }: PlaceCalls, places: readonly PlaceCalls[]): string {
  const isOnly = places.filter(place => place.step === step).length === 1
  return isOnly || title === '' ? stepName : `${stepName} · ${title}`
}

function rangeWords({ low, expected, high }: CallRange): string {
  if (low === high) return `${formatCount(high)} calls`
  return `${formatCount(low)} to ${formatCount(high)} calls, likely ${formatCount(expected)}`
}
