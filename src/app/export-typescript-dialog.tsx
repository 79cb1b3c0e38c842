import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX, Download, Square } from 'lucide-react'
import { useState } from 'react'
import { isEngineError } from '@/engine/base/errors'
import { checkedRowCount, checkExport, exportTypeScript } from '@/state/export/export-commands'
import { typeScriptExportRemarks } from '@/state/export/export-files'
import { errorSentence, notifyError } from '@/state/session/notices'
import { newTryId, stopTry } from '@/state/session/tries'
import type { ExportCheck } from '@/worker/api'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { DiffText } from '@/ui/diff-text'
import { ErrorBox } from '@/ui/error-box'
import { Spinner } from '@/ui/spinner'
import { useTurns } from '@/ui/use-turns'

/** Before the download: the first rows go through the exported code, and each request is compared with the studio's own. */
export function ExportTypeScriptDialog({ onClose }: { readonly onClose: () => void }) {
  const [tryId, setTryId] = useState(newTryId)
  const check = useQuery({ queryKey: ['export-check', tryId], queryFn: () => checkExport(tryId), gcTime: 0, staleTime: 0 })
  const isStopped = isEngineError(check.error, 'run-stopped')
  const close = () => {
    if (check.isPending) stopTry(tryId)
    onClose()
  }
  const [isZipping, setZipping] = useState(false)
  const remarks = typeScriptExportRemarks()
  const isEqual = check.data?.rows.every(row => row.isEqual) === true
  const turns = useTurns()
  const save = async () => {
    const turn = turns.next()
    setZipping(true)
    try {
      await exportTypeScript()
      turn.take(onClose)()
    } catch (error) {
      notifyError('The TypeScript folder could not be made', error)
    } finally {
      turn.take(setZipping)(false)
    }
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && close()}
      title="Export as TypeScript"
      description={
        <>
          A folder with typed inputs and outputs that runs in Node with <code className="font-mono text-sm">npm i && npx tsx main.ts</code>.
          Its only dependency at run time is <code className="font-mono text-sm">openai</code>.
        </>
      }
      size="lg"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" icon={<Download />} loading={isZipping} disabled={!isEqual} onClick={() => void save()}>
            Download .zip
          </Button>
        </>
      }
    >
      {remarks.length > 0 && (
        <>
          <h3 className="mb-2 text-sm font-semibold">What it does for each call, and what it does not</h3>
          <ul className="mb-4 flex list-disc flex-col gap-1 pl-5 text-soft">
            {remarks.map(remark => (
              <li key={remark}>{remark}</li>
            ))}
          </ul>
        </>
      )}
      <h3 className="mb-2 text-sm font-semibold">Check before download</h3>
      {check.isPending && (
        <p className="flex items-center gap-2 text-soft" role="status">
          <Spinner /> Running up to {checkedRowCount} rows through the exported code…
          <Button size="sm" icon={<Square />} onClick={() => stopTry(tryId)}>
            Stop
          </Button>
        </p>
      )}
      {check.isError && (
        <ErrorBox
          title={isStopped ? 'The check was stopped' : 'The check could not run'}
          message={isStopped ? 'Without it the folder is held back. What it used is listed in Runs.' : errorSentence(check.error)}
          onRetry={() => setTryId(newTryId())}
        />
      )}
      {check.data && <CheckResult check={check.data} />}
    </Dialog>
  )
}

function CheckResult({ check }: { readonly check: ExportCheck }) {
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
        {isEqual
          ? 'The exported code sends byte for byte the requests that the studio sends.'
          : 'The exported code would send other requests than the studio. The download is held back; please report this.'}
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
