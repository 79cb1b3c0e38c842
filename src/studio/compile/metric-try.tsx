import { FlaskConical, Square } from 'lucide-react'
import { useState } from 'react'
import { isEngineError } from '@/engine/base/errors'
import { asksJudge } from '@/engine/metrics/registry'
import { usualTryCalls } from '@/engine/project/project'
import { engine } from '@/state/session/engine-client'
import { errorSentence } from '@/state/session/notices'
import { useAttempt } from '@/state/session/use-attempt'
import { currentProject, flushSave, useProject } from '@/state/document/project-store'
import { newTryId, stopTry } from '@/state/session/tries'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { ErrorBox } from '@/ui/error-box'
import { formatCount } from '@/ui/format'
import type { MetricTry as Tried } from '@/worker/api'

const rowCount = 3

/** Runs the program on three rows and shows what the metric makes of the answers, before any run. */
export function MetricTry() {
  const [tryId, setTryId] = useState(newTryId)
  const most = useProject(project => project.run.tryCalls) ?? usualTryCalls
  const tried = useProject(({ graph, state, mapping, datasetId, roles, models, split }) => ({
    graph,
    state,
    mapping,
    datasetId,
    roles,
    models,
    split,
  }))
  const metric = useProject(project => project.metric)
  const attempt = useAttempt({ ...tried, metric }, async () => {
    const id = newTryId()
    setTryId(id)
    // What is tried is what is on the screen now, whatever is changed while it is saved.
    const project = currentProject()
    await flushSave()
    return engine().tryMetric(project, project.metric, rowCount, id)
  })
  const asked = asksJudge(metric) ? 'the task LM and the judge LM' : 'the task LM'
  const isStopped = isEngineError(attempt.error, 'run-stopped')
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex items-center gap-3 max-sm:flex-wrap">
        <Button icon={<FlaskConical />} loading={attempt.isPending} onClick={() => attempt.start()}>
          Try on {rowCount} rows
        </Button>
        {attempt.isPending && (
          <Button icon={<Square />} onClick={() => stopTry(tryId)}>
            Stop
          </Button>
        )}
        <p className="text-sm text-faint">
          Asks {asked}, at most {formatCount(most)} calls; answers are kept, so a second try costs nothing. What it used is listed in Runs.
        </p>
      </div>
      {attempt.error && !isStopped && (
        <ErrorBox title="The metric could not be tried" message={errorSentence(attempt.error)} onRetry={() => attempt.start()} />
      )}
      <div role="status" className="empty:hidden">
        {attempt.isOutdated && <p className="text-soft">The metric or the program was changed since it was tried.</p>}
        {isStopped && <p className="text-soft">Stopped before a row was done.</p>}
        {attempt.data?.ended !== undefined && <p className="text-warn-text">{attempt.data.ended}</p>}
      </div>
      {attempt.data && attempt.data.rows.length > 0 && (
        <ul aria-label="Tried rows" className="divide-y divide-line overflow-hidden rounded-lg border border-line">
          {attempt.data.rows.map(row => (
            <TriedRow key={row.exampleId} row={row} />
          ))}
        </ul>
      )}
    </div>
  )
}

function TriedRow({ row }: { readonly row: Tried }) {
  return (
    <li className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-3 px-3 py-2">
      <div>
        {row.error ? (
          <Badge tone="bad">Failed</Badge>
        ) : (
          <Badge tone={row.score && row.score.value >= 0.999 ? 'good' : row.score && row.score.value > 0 ? 'warn' : 'neutral'}>
            Score {row.score ? Number(row.score.value.toFixed(3)) : '–'}
          </Badge>
        )}
      </div>
      <dl className="flex min-w-0 flex-col gap-1 text-sm">
        <Line name="input" text={plain(row.example.inputs)} />
        <Line name="label" text={plain(row.example.labels)} />
        <Line name="answer" text={plain(row.prediction)} />
        {row.score?.feedback !== undefined && <Line name="feedback" text={row.score.feedback} />}
        {row.score?.parts && (
          <Line
            name="parts"
            text={Object.entries(row.score.parts)
              .map(([name, value]) => `${name} ${Number(value.toFixed(3))}`)
              .join(' · ')}
          />
        )}
        {row.error && <Line name="error" text={row.error.message} isBad />}
      </dl>
    </li>
  )
}

function Line({ name, text, isBad = false }: { readonly name: string; readonly text: string; readonly isBad?: boolean }) {
  return (
    <div className="flex gap-2">
      <dt className="w-16 shrink-0 text-faint">{name}</dt>
      <dd className={isBad ? 'min-w-0 break-words text-bad-text' : 'line-clamp-2 min-w-0 break-words'}>{text}</dd>
    </div>
  )
}

function plain(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')
}
