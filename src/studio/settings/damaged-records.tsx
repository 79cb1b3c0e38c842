import { Download, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { damageWords, deleteDamaged, downloadDamaged, useDamaged } from '@/state/session/damage'
import { BrokenItem } from '@/ui/broken-item'
import { Button } from '@/ui/button'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { formatCount } from '@/ui/format'

const shownAtOnce = 50

/** What is stored and cannot be read, with what that means. Nothing where all is well. */
export function DamagedRecords() {
  const { data: found = [] } = useDamaged()
  const [doomed, setDoomed] = useState<typeof found>()
  if (found.length === 0) return null
  return (
    <section aria-labelledby="damaged-title" className="overflow-hidden rounded-lg border border-line">
      <div className="flex items-center gap-3 border-b border-line px-3 py-2">
        <div className="min-w-0 flex-1">
          <h3 id="damaged-title" className="font-medium">
            {found.length === 1 ? '1 record cannot be read' : `${formatCount(found.length)} records cannot be read`}
          </h3>
          <p className="text-sm text-soft">
            They are left out and stay as they are: another version may read them, a backup may bring them back.
          </p>
        </div>
        {found.length > 1 && (
          <Button size="sm" variant="ghost" icon={<Trash2 />} onClick={() => setDoomed(found)}>
            Delete all
          </Button>
        )}
      </div>
      <ul aria-label="Damaged records" className="max-h-80 divide-y divide-line overflow-y-auto">
        {found.slice(0, shownAtOnce).map(record => {
          const { what, means } = damageWords(record)
          return (
            <BrokenItem
              key={record.id}
              title={what}
              message={
                <>
                  {means}{' '}
                  <span className="font-mono text-xs break-all">{`${record.store} ${JSON.stringify(record.key)}: ${record.reason}`}</span>
                </>
              }
              actions={
                <>
                  {record.store !== 'backup' && (
                    <Button size="sm" icon={<Download />} onClick={() => void downloadDamaged(record)}>
                      Download
                    </Button>
                  )}
                  <Button size="sm" variant="ghost" icon={<Trash2 />} onClick={() => setDoomed([record])}>
                    {record.store === 'backup' ? 'Dismiss' : 'Delete'}
                  </Button>
                </>
              }
            />
          )
        })}
      </ul>
      {found.length > shownAtOnce && (
        <p className="border-t border-line px-3 py-2 text-sm text-faint">The first {shownAtOnce} are shown.</p>
      )}
      <ConfirmDialog
        open={doomed !== undefined}
        onOpenChange={isOpen => !isOpen && setDoomed(undefined)}
        title={doomed?.length === 1 ? 'Delete this record?' : `Delete ${formatCount(doomed?.length ?? 0)} records?`}
        action="Delete"
        danger
        onConfirm={() => doomed && void deleteDamaged(doomed)}
      >
        What is in it cannot be brought back. A project, a run or a dataset goes with everything it owns; of rows, only those that cannot be
        read.
      </ConfirmDialog>
    </section>
  )
}
