import { isBlobRef, withBlobWords } from '@/engine/blobs/blob-ref'
import type { Json } from '@/lib/json'
import { BlobView } from '@/ui/blob-view'
import { useStatus } from './node-status'

/** What the node gave in the last run of one row, one short line an output. */
export function NodeOutputs({ nodeId }: { nodeId: string }) {
  const { outputs, error } = useStatus(nodeId)
  if (error)
    return (
      <p className="node-error" title={error.message}>
        {error.message}
      </p>
    )
  const entries = Object.entries(outputs ?? {})
  if (entries.length === 0) return null
  return (
    <dl className="node-outputs">
      {entries.slice(0, 3).map(([name, value]) => (
        <div key={name} title={textOf(value)}>
          <dt>{name}</dt>
          <dd>{isBlobRef(value) ? <BlobView blob={value} size="line" /> : textOf(value).slice(0, 140)}</dd>
        </div>
      ))}
    </dl>
  )
}

function textOf(value: Json): string {
  const shown = withBlobWords(value)
  return typeof shown === 'string' ? shown : JSON.stringify(shown)
}
