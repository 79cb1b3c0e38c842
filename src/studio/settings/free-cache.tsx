import { formatBytes } from '@/lib/byte-size'
import { Eraser } from 'lucide-react'
import { useState } from 'react'
import { notify } from '@/state/session/notices'
import { freeCallCache } from '@/state/commands/storage-commands'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { formatCount } from '@/ui/format'
import { Segmented } from '@/ui/segmented'

interface FreeCacheProps {
  readonly count: number
  readonly bytes: number
}

/** The stored answers: how many, what they are for, and a way to throw some out. */
export function FreeCache({ count, bytes }: FreeCacheProps) {
  const [isOpen, setOpen] = useState(false)
  const [share, setShare] = useState<Share>('quarter')
  const free = async () => {
    setOpen(false)
    // All of them is more than is there: sizes are rough.
    const freed = await freeCallCache(share === 'all' ? Infinity : bytes * shares[share])
    if (freed === undefined) return
    if (freed === 0) notify({ title: 'Nothing could go', detail: 'All stored answers belong to runs that may still go on.', tone: 'warn' })
    else notify({ title: `About ${formatBytes(freed)} freed`, tone: 'good' })
  }
  return (
    <div className="flex items-center gap-3 rounded-lg border border-line bg-surface px-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="font-medium">Call cache</p>
        <p className="text-sm text-soft">
          {formatCount(count)} model {count === 1 ? 'answer' : 'answers'}, about {formatBytes(bytes)}: no request is paid for twice, and
          runs can be resumed and replayed.
        </p>
      </div>
      <Button icon={<Eraser />} disabled={count === 0} onClick={() => setOpen(true)}>
        Free space
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Throw out stored answers?"
        size="sm"
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button variant="danger" onClick={() => void free()}>
              Free space
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <Segmented
            label="How much"
            value={share}
            onChange={setShare}
            options={[
              { value: 'quarter', label: `A quarter (${formatBytes(bytes / 4)})` },
              { value: 'half', label: 'Half' },
              { value: 'all', label: 'All' },
            ]}
          />
          <p className="text-soft">
            The least recently used go first. Answers of runs that are not finished stay. Finished runs keep their scores and traces, but
            can no longer be replayed, and a request that is asked again is paid for again.
          </p>
        </div>
      </Dialog>
    </div>
  )
}

type Share = 'quarter' | 'half' | 'all'
const shares = { quarter: 0.25, half: 0.5 }
