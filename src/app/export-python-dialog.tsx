import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { checkedRowCount, checkPython, exportPython } from '@/state/export/export-commands'
import { pythonExportRemarks } from '@/state/export/export-files'
import { notifyError } from '@/state/session/notices'
import { newTryId, stopTry } from '@/state/session/tries'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Segmented } from '@/ui/segmented'
import { useTurns } from '@/ui/use-turns'
import { CheckBeforeDownload, ExportRemarks } from './export-check'

const wordings = [
  { value: 'studio', label: 'The studio’s' },
  { value: 'dspy', label: 'DSPy’s own' },
] as const
type Wording = (typeof wordings)[number]['value']

/** Before the download: whose words the prompts are in, and whether the first rows would be asked as the studio asks. */
export function ExportPythonDialog({ onClose }: { readonly onClose: () => void }) {
  const [tryId, setTryId] = useState(newTryId)
  const [wording, setWording] = useState<Wording>('studio')
  const isStudio = wording === 'studio'
  const check = useQuery({ queryKey: ['python-check', tryId], queryFn: () => checkPython(tryId), gcTime: 0, staleTime: 0 })
  const [isZipping, setZipping] = useState(false)
  const turns = useTurns()
  const isEqual = check.data?.rows.every(row => row.isEqual) === true
  const close = () => {
    if (check.isPending) stopTry(tryId)
    onClose()
  }
  const save = async () => {
    const turn = turns.next()
    setZipping(true)
    try {
      if (check.isPending) stopTry(tryId)
      await exportPython(wording)
      turn.take(onClose)()
    } catch (error) {
      notifyError('The Python package could not be made', error)
    } finally {
      turn.take(setZipping)(false)
    }
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && close()}
      title="Export as Python"
      description={
        <>
          A folder that runs the program through DSPy 3.4.1 with <code className="font-mono text-sm">pip install . && python main.py</code>.
          Your JavaScript runs there in QuickJS, apart from everything else.
        </>
      }
      size="lg"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" icon={<Download />} loading={isZipping} disabled={isStudio && !isEqual} onClick={() => void save()}>
            Download .zip
          </Button>
        </>
      }
    >
      <div className="mb-4 flex flex-col gap-1.5">
        <h3 className="text-sm font-semibold">Wording of the prompts</h3>
        <Segmented label="Wording of the prompts" value={wording} onChange={setWording} options={wordings} />
        <p className="text-soft">
          {isStudio
            ? 'DSPy sends the messages that the program was compiled with here.'
            : 'DSPy words the prompts itself. Instructions and demos are the same.'}
        </p>
      </div>
      <ExportRemarks title="What is different in Python" remarks={pythonExportRemarks(wording)} />
      {isStudio ? (
        <CheckBeforeDownload
          check={check}
          tryId={tryId}
          onRetry={() => setTryId(newTryId())}
          working={`Running up to ${checkedRowCount} rows, and writing their prompts as the package does…`}
          equal="The texts of the package make byte for byte the prompts that the studio sends."
        />
      ) : (
        <p className="text-soft">There is nothing to compare: DSPy’s prompts are not those of the studio.</p>
      )}
    </Dialog>
  )
}
