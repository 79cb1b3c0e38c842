import type { StorageInfo } from '@/storage/usage'
import { formatBytes } from '@/lib/byte-size'
import { Badge } from '@/ui/badge'
import { formatCount } from '@/ui/format'

/** Images and other files that rows, demos and messages name: how many, how large, and whether all of them are whole. */
export function FilesNote({ count, bytes, damaged }: StorageInfo['blobs']) {
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2.5">
      <p className="flex items-center gap-2 font-medium">
        Images and files{' '}
        {damaged > 0 && <Badge tone="warn">{damaged === 1 ? '1 missing or damaged' : `${formatCount(damaged)} missing or damaged`}</Badge>}
      </p>
      <p className="text-sm text-soft">
        {count === 0
          ? 'None are stored.'
          : `${formatCount(count)} ${count === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}. Each is stored once, however many rows, runs and answers name it, and goes with the last of them.`}
        {damaged > 0 && ' A backup that holds what is missing brings it back; so does choosing the file again.'}
      </p>
    </div>
  )
}
