import { useMutation } from '@tanstack/react-query'
import { CircleCheck, CircleX, Plug } from 'lucide-react'
import type { ModelSpec } from '@/engine/lm/lm'
import { errorSentence } from '@/state/session/notices'
import { Button } from '@/ui/button'
import { ErrorBox } from '@/ui/error-box'
import type { ConnectionReport } from '@/worker/api'
import { testConnection } from './model-actions'

interface ConnectionTestProps {
  readonly model: ModelSpec
  readonly onModels: (models: readonly string[]) => void
  readonly onPick: (model: string) => void
}

/** Says in plain words whether the endpoint answers, and if not, which of the usual causes it is. */
export function ConnectionTest({ model, onModels, onPick }: ConnectionTestProps) {
  const test = useMutation({
    mutationFn: () => testConnection(model),
    onSuccess: report => onModels(report.models),
  })
  return (
    <div className="flex flex-col gap-2">
      <Button icon={<Plug />} loading={test.isPending} className="self-start" onClick={() => test.mutate()}>
        Test connection
      </Button>
      <div role="status">{test.data && <Report report={test.data} chosen={model.model} onPick={onPick} />}</div>
      {test.isError && <ErrorBox title="The test could not run" message={errorSentence(test.error)} />}
    </div>
  )
}

interface ReportProps {
  readonly report: ConnectionReport
  readonly chosen: string
  readonly onPick: (model: string) => void
}

function Report({ report, chosen, onPick }: ReportProps) {
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className={`flex gap-2 ${report.ok ? 'text-good-text' : 'text-bad-text'}`}>
        {report.ok ? (
          <CircleCheck className="size-4 shrink-0" aria-hidden="true" />
        ) : (
          <CircleX className="size-4 shrink-0" aria-hidden="true" />
        )}
        <span className="min-w-0 whitespace-pre-line">{report.message}</span>
      </p>
      {report.models.length > 0 && (
        <ul aria-label="Models of this endpoint" className="flex max-h-32 flex-wrap gap-1 overflow-y-auto">
          {report.models.map(name => (
            <li key={name}>
              <button
                type="button"
                aria-pressed={name === chosen}
                onClick={() => onPick(name)}
                className="rounded-md border border-line px-1.5 py-0.5 font-mono text-xs hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-soft"
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
