import type { UseQueryResult } from '@tanstack/react-query'
import { CircleCheck, CircleX, Square } from 'lucide-react'
import { isEngineError } from '@/engine/base/errors'
import { errorSentence } from '@/state/session/notices'
import { stopTry, type newTryId } from '@/state/session/tries'
import { Button } from '@/ui/button'
import { DiffText } from '@/ui/diff-text'
import { ErrorBox } from '@/ui/error-box'
import { Spinner } from '@/ui/spinner'
import type { ExportCheck } from '@/worker/api'

/** What an exported folder does otherwise than the studio; nothing where there is nothing to say. */
export function ExportRemarks({ title, remarks }: { readonly title: string; readonly remarks: readonly string[] }) {
  if (remarks.length === 0) return null
  return (
    <>
      <h3 className="mb-2 text-sm font-semibold">{title}</h3>
      <ul className="mb-4 flex list-disc flex-col gap-1 pl-5 text-soft">
        {remarks.map(remark => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </>
  )
}

interface CheckBeforeDownloadProps {
  readonly check: UseQueryResult<ExportCheck>
  readonly tryId: ReturnType<typeof newTryId>
  readonly onRetry: () => void
  /** What is said while it runs, and of rows whose requests are all equal. */
  readonly working: string
  readonly equal: string
}

/** The rows that went through the exported folder, each with its requests beside those of the studio. */
export function CheckBeforeDownload({ check, tryId, onRetry, working, equal }: CheckBeforeDownloadProps) {
  const isStopped = isEngineError(check.error, 'run-stopped')
  return (
    <>
      <h3 className="mb-2 text-sm font-semibold">Check before download</h3>
      {check.isPending && (
        <p className="flex items-center gap-2 text-soft" role="status">
          <Spinner /> {working}
          <Button size="sm" icon={<Square />} onClick={() => stopTry(tryId)}>
            Stop
          </Button>
        </p>
      )}
      {check.isError && (
        <ErrorBox
          title={isStopped ? 'The check was stopped' : 'The check could not run'}
          message={isStopped ? 'Without it the folder is held back. What it used is listed in Runs.' : errorSentence(check.error)}
          onRetry={onRetry}
        />
      )}
      {check.data && <CheckResult check={check.data} equal={equal} />}
    </>
  )
}

function CheckResult({ check, equal }: { readonly check: ExportCheck; readonly equal: string }) {
  if (check.rows.length === 0) {
    return (
      <p className="text-soft">
        This project has no rows to check with. The folder can be downloaded; import data to compare its requests first.
      </p>
    )
  }
  const isEqual = check.rows.every(row => row.isEqual)
  return (
    <div className="flex flex-col gap-2">
      <p className="text-soft">
        {isEqual ? equal : 'The exported code would send other requests than the studio. The download is held back; please report this.'}
      </p>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {check.rows.map((row, index) => (
          <li key={row.exampleId} className="px-3 py-2">
            <div className="flex items-center gap-2">
              {row.isEqual ? (
                <CircleCheck className="size-4 text-good" aria-hidden="true" />
              ) : (
                <CircleX className="size-4 text-bad" aria-hidden="true" />
              )}
              <span className="flex-1">Row {index + 1}</span>
              <span className="text-sm text-faint tabular">
                {row.requests} {row.requests === 1 ? 'request' : 'requests'} {row.isEqual ? 'equal' : 'differ'}
              </span>
            </div>
            <details className="mt-1 text-sm">
              <summary className="text-faint">{row.isEqual ? 'Show the requests' : 'Show the difference'}</summary>
              <div className="mt-1 max-h-64 overflow-auto rounded-md bg-sunken p-2 font-mono text-xs">
                <DiffText before={row.studio} after={row.exported} />
              </div>
            </details>
          </li>
        ))}
      </ul>
    </div>
  )
}
