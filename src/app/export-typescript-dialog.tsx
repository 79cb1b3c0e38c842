import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { checkedRowCount, checkExport, exportTypeScript } from '@/state/export/export-commands'
import { typeScriptExportRemarks } from '@/state/export/export-files'
import { notifyError } from '@/state/session/notices'
import { newTryId, stopTry } from '@/state/session/tries'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { useTurns } from '@/ui/use-turns'
import { CheckBeforeDownload, ExportRemarks } from './export-check'

/** Before the download: the first rows go through the exported code, and each request is compared with the studio's own. */
export function ExportTypeScriptDialog({ onClose }: { readonly onClose: () => void }) {
  const [tryId, setTryId] = useState(newTryId)
  const check = useQuery({ queryKey: ['export-check', tryId], queryFn: () => checkExport(tryId), gcTime: 0, staleTime: 0 })
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
      <ExportRemarks title="What it does for each call, and what it does not" remarks={remarks} />
      <CheckBeforeDownload
        check={check}
        tryId={tryId}
        onRetry={() => setTryId(newTryId())}
        working={`Running up to ${checkedRowCount} rows through the exported code…`}
        equal="The exported code sends byte for byte the requests that the studio sends."
      />
    </Dialog>
  )
}
