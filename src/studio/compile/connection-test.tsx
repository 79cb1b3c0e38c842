import { CircleCheck, CircleX, Plug } from 'lucide-react'
import { errorSentence } from '@/state/session/notices'
import type { Attempt } from '@/state/session/use-attempt'
import { Button } from '@/ui/button'
import { ErrorBox } from '@/ui/error-box'
import type { ConnectionReport } from '@/worker/api'

/** A report, and the name of the model that was asked. */
export interface ModelReport extends ConnectionReport {
  readonly asked: string
}

interface ConnectionTestProps {
  readonly test: Attempt<void, ModelReport>
  /** Said behind a verdict. */
  readonly note: string | undefined
  readonly chosen: string
  readonly onPick: (model: string) => void
}

/** Says in plain words whether the endpoint answers, and if not, which of the usual causes it is. */
export function ConnectionTest({ test, note, chosen, onPick }: ConnectionTestProps) {
  return (
    <div className="flex flex-col gap-2">
      <Button icon={<Plug />} loading={test.isPending} className="self-start" onClick={() => test.start()}>
        Test connection
      </Button>
      <div role="status">
        {test.data && <Report report={test.data} chosen={chosen} onPick={onPick} />}
        {test.data?.ok && note !== undefined && <p className="mt-2 text-sm text-soft">{note}</p>}
      </div>
      {test.error && <ErrorBox title="The test could not run" message={errorSentence(test.error)} />}
    </div>
  )
}

interface ReportProps {
  readonly report: ModelReport
  readonly chosen: string
  readonly onPick: (model: string) => void
}

function Report({ report, chosen, onPick }: ReportProps) {
  return (
    <div className="flex flex-col gap-2 text-sm">
      {/* Nothing is known of another model by now; the list is of the address. */}
      {report.asked === chosen && (
        <p className={`flex gap-2 ${report.ok ? 'text-good-text' : 'text-bad-text'}`}>
          {report.ok ? (
            <CircleCheck className="size-4 shrink-0" aria-hidden="true" />
          ) : (
            <CircleX className="size-4 shrink-0" aria-hidden="true" />
          )}
          <span className="min-w-0 whitespace-pre-line">{report.message}</span>
        </p>
      )}
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
