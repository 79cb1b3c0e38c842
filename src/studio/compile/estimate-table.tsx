import { useMutation } from '@tanstack/react-query'
import { Ruler } from 'lucide-react'
import type { CallPurpose } from '@/engine/lm/lm'
import { measuredRowCount, measureRows } from '@/state/runs/before/measure-rows'
import { Button } from '@/ui/button'
import { formatBytes, formatCost, formatCount, formatMs } from '@/ui/format'
import { Spinner } from '@/ui/spinner'
import type { RunEstimate } from '@/worker/api'

interface EstimateTableProps {
  readonly estimate: RunEstimate | undefined
  readonly isPending: boolean
}

/** LM calls by what they are for, with the range they can fall in. */
export function EstimateTable({ estimate, isPending }: EstimateTableProps) {
  if (isPending) return <Spinner label="Estimating" />
  if (estimate === undefined) return null
  const { calls, total, again, cost, judgeCost, tokensPerCall, ms, bytes, shortfall } = estimate
  return (
    <section aria-label="Estimate" className="flex flex-col gap-3">
      <h2 className="text-sm font-semibold">What it will take</h2>
      <table className="w-full text-sm tabular">
        <thead className="text-faint">
          <tr>
            <th scope="col" className="pb-1 text-left font-normal">
              LM calls for
            </th>
            <th scope="col" className="pb-1 text-right font-normal">
              least
            </th>
            <th scope="col" className="pb-1 text-right font-normal">
              likely
            </th>
            <th scope="col" className="pb-1 text-right font-normal">
              most
            </th>
          </tr>
        </thead>
        <tbody>
          {calls.map(call => (
            <Row key={call.purpose} name={purposes[call.purpose]} range={call} />
          ))}
        </tbody>
        <tfoot className="border-t border-line font-medium">
          <Row name="All" range={total} />
          {again.high > 0 && <Row name="Asked again in JSON, on top" range={{ low: 0, ...again }} />}
        </tfoot>
      </table>
      {calls.some(call => call.highBeside !== undefined) && (
        <p className="text-sm text-faint">Some share one budget, so not each of them can reach its most.</p>
      )}
      {shortfall !== undefined && (
        <p role="status" className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn-text">
          {shortfall}
        </p>
      )}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        <dt className="text-faint">Rows</dt>
        <dd className="text-right tabular">
          {formatCount(estimate.train)} train, {formatCount(estimate.val)} val
        </dd>
        {tokensPerCall && (
          <>
            <dt className="text-faint">Tokens a call</dt>
            <dd className="text-right tabular">
              about {formatCount(Math.round(tokensPerCall.input))} in, {formatCount(Math.round(tokensPerCall.output))} out
            </dd>
          </>
        )}
        <dt className="text-faint">Cost</dt>
        <dd className="text-right tabular">{costWords(cost)}</dd>
        {judgeCost && judgeCost.high > 0 && (
          <>
            <dt className="text-faint">of which judging</dt>
            <dd className="text-right tabular">{costWords(judgeCost)}</dd>
          </>
        )}
        {ms && (
          <>
            <dt className="text-faint">Time</dt>
            <dd className="text-right tabular">about {formatMs(ms.expected)}</dd>
          </>
        )}
        <dt className="text-faint">Space</dt>
        <dd className="text-right tabular">
          about {formatBytes(bytes.expected)}
          {bytes.free !== undefined && ` of ${formatBytes(bytes.free)} left`}
        </dd>
      </dl>
      {bytes.free !== undefined && bytes.high > bytes.free && (
        <p role="status" className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn-text">
          It may need more space than is left. The run would pause then, and go on once there is room: free some in Settings.
        </p>
      )}
      {tokensPerCall === undefined && <MeasureButton />}
      <p className="text-sm text-faint">
        Answers already in the cache cost nothing; retries add to it, and answers that cannot be read are asked for again.
      </p>
    </section>
  )
}

/** Tokens and time are not guessed: they are measured when asked for, since that asks the model. */
function MeasureButton() {
  const measure = useMutation({ mutationFn: measureRows })
  return (
    <Button icon={<Ruler />} size="sm" className="self-start" loading={measure.isPending} onClick={() => measure.mutate()}>
      Measure tokens and time on {measuredRowCount} rows
    </Button>
  )
}

function costWords(cost: RunEstimate['cost']): string {
  if (cost === undefined) return 'price unknown'
  return cost.high === 0 ? 'free' : `${formatCost(cost.low)} – ${formatCost(cost.high)}, likely ${formatCost(cost.expected)}`
}

function Row({
  name,
  range,
}: {
  readonly name: string
  readonly range: { readonly low: number; readonly expected?: number; readonly high: number }
}) {
  return (
    <tr>
      <th scope="row" className="py-0.5 text-left font-normal">
        {name}
      </th>
      <td className="py-0.5 text-right">{formatCount(range.low)}</td>
      <td className="py-0.5 text-right">{range.expected === undefined ? 'few' : formatCount(range.expected)}</td>
      <td className="py-0.5 text-right">{formatCount(range.high)}</td>
    </tr>
  )
}

const purposes: Record<CallPurpose, string> = {
  row: 'One row',
  evaluate: 'Evaluation',
  bootstrap: 'Bootstrapping demos',
  propose: 'Proposing instructions',
  trial: 'Trials',
  judge: 'Judging answers',
  embed: 'Embeddings of texts',
  'test-connection': 'Testing the connection',
}
