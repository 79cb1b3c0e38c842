import { FlaskConical } from 'lucide-react'
import { useMutation } from '@tanstack/react-query'
import { engine } from '@/state/session/engine-client'
import { errorSentence } from '@/state/session/notices'
import { currentProject, flushSave } from '@/state/document/project-store'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { ErrorBox } from '@/ui/error-box'
import type { MetricTry as Tried } from '@/worker/api'

const rowCount = 3

/** Runs the program on three rows and shows what the metric makes of the answers, before any run. */
export function MetricTry() {
  const attempt = useMutation({
    mutationFn: async () => {
      await flushSave()
      const project = currentProject()
      return engine().tryMetric(project, project.metric, rowCount)
    },
  })
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex items-center gap-3">
        <Button icon={<FlaskConical />} loading={attempt.isPending} onClick={() => attempt.mutate()}>
          Try on {rowCount} rows
        </Button>
        <p className="text-sm text-faint">Asks the task LM; answers are kept, so a second try costs nothing.</p>
      </div>
      {attempt.isError && (
        <ErrorBox title="The metric could not be tried" message={errorSentence(attempt.error)} onRetry={() => attempt.mutate()} />
      )}
      {attempt.data && attempt.data.length === 0 && <p className="text-soft">There are no rows to try it on. Import data first.</p>}
      {attempt.data && attempt.data.length > 0 && (
        <ul aria-label="Tried rows" className="divide-y divide-line overflow-hidden rounded-lg border border-line">
          {attempt.data.map(row => (
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
