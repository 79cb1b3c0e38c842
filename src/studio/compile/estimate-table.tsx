import { useMutation } from '@tanstack/react-query'
import { Ruler } from 'lucide-react'
import type { CallPurpose } from '@/engine/lm/lm'
import { formatBytes } from '@/lib/byte-size'
import { setRunSettings } from '@/state/document/edits/project-edits'
import { currentProject } from '@/state/document/project-store'
import { measuredRowCount, measureRows } from '@/state/runs/before/measure-rows'
import { Button } from '@/ui/button'
import { formatCost, formatCount, formatMs } from '@/ui/format'
import { Spinner } from '@/ui/spinner'
import type { RunEstimate } from '@/worker/api'
import { CallTable } from './call-table'
import { CallsByStep } from './calls-by-step'

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
      <CallTable
        heading="LM calls for"
        rows={calls.map(call => ({ name: purposes[call.purpose], calls: call }))}
        total={{ name: 'All', calls: total }}
        beside={again.high > 0 ? { name: 'Asked again in JSON, on top', calls: { low: 0, ...again } } : undefined}
      />
      <CallsByStep />
      {calls.some(call => call.highBeside !== undefined) && (
        <p className="text-sm text-faint">Some share one budget, so not each of them can reach its most.</p>
      )}
      {shortfall !== undefined && (
        <div role="status" className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn-text">
          <p>{shortfall.message}</p>
          <Button
            size="sm"
            className="mt-1.5"
            onClick={() => setRunSettings({ budget: { ...currentProject().run.budget, [shortfall.cap]: shortfall.enough } }, 'now')}
          >
            Raise the cap to {shortfall.cap === 'maxCalls' ? `${formatCount(shortfall.enough)} LM calls` : formatCost(shortfall.enough)}
          </Button>
        </div>
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
        Answers already in the cache cost nothing; retries add to it
        {again.high > 0 && ', and answers that cannot be read are asked for again'}.
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
