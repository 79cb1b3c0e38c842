import { printPythonSignatures } from '@/engine/signature/python/print-signatures'
import type { NodeId } from '@/engine/program/program'
import { signatureOf } from '@/state/document/edits/python-edits'
import { askForPython } from '@/state/session/python-ask'
import { Button } from '@/ui/button'
import { CopyButton } from '@/ui/copy-button'

/** A signature on its way from and to Python. */
export function PythonButtons({ nodeId }: { nodeId: NodeId }) {
  return (
    <div className="flex flex-wrap gap-1">
      <Button size="sm" variant="ghost" onClick={() => askForPython({ text: '', node: nodeId })}>
        From Python…
      </Button>
      <CopyButton
        label="Copy as Python"
        text={() => {
          const signature = signatureOf(nodeId)
          return signature ? printPythonSignatures([signature]) : ''
        }}
      />
    </div>
  )
}
