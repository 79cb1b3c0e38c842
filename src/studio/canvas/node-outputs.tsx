import { cutText } from '@/lib/cut-text'
import { isFileRef } from '@/engine/blobs/blob-ref'
import { shortLine } from '@/state/runs/value-text'
import { FileView } from '@/ui/file-view'
import { NodeStreamLines } from './node-stream'
import { useStatus } from './node-status'

/** What the node gave in the last run of one row, one short line an output; what has come of it while its answer is written. */
export function NodeOutputs({ nodeId }: { nodeId: string }) {
  const { status, outputs, error, stream } = useStatus(nodeId)
  if (stream) return <NodeStreamLines stream={stream} />
  // The run bar and the tab of its output say why: the card says where.
  if (error && status !== 'stopped')
    return (
      <p className="node-error" title={error.message}>
        Its output says why.
      </p>
    )
  const entries = Object.entries(outputs ?? {})
  if (entries.length === 0) return null
  return (
    <dl className="node-outputs">
      {entries.slice(0, 3).map(([name, value]) => (
        <div key={name} title={shortLine({ value })}>
          <dt>{name}</dt>
          <dd>{isFileRef(value) ? <FileView file={value} size="line" /> : cutText(shortLine({ value }), 140)}</dd>
        </div>
      ))}
    </dl>
  )
}
