import { Eye, Lock } from 'lucide-react'
import { useState } from 'react'
import { useProject } from '@/state/document/project-store'
import { revealRun } from '@/state/runs/actions/run-actions'
import type { RunRecord } from '@/storage/records'
import { Button } from '@/ui/button'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { EmptyState } from '@/ui/empty-state'
import { rowWords } from '../kit/run-words'

/** A run on the test split, before anybody asked for its score. */
export function SealedRun({ record, isLive }: { readonly record: RunRecord; readonly isLive: boolean }) {
  const revealCount = useProject(project => project.reveals.length)
  const hasOthers = record.spec.data.split === 'all'
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <EmptyState
        icon={<Lock />}
        title={isLive ? 'The test rows are running' : hasOthers ? 'A score with test rows is sealed' : 'The test score is sealed'}
        action={
          <Button icon={<Eye />} variant="primary" disabled={isLive} onClick={() => setAsking(true)}>
            Reveal
          </Button>
        }
      >
        {hasOthers ? 'Among these rows are those of the test split, that' : `${rowWords(record.spec.data.val.count)} that`} no run has
        learned from. Look once, at the end: a score you tuned for is no longer a test.{' '}
        {revealCount === 0 ? 'Never revealed so far.' : `Revealed ${revealCount === 1 ? 'once' : `${revealCount} times`} so far.`}
      </EmptyState>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Reveal the test score?"
        action="Reveal"
        onConfirm={() => revealRun(record.id)}
      >
        This look is counted in the project and cannot be undone.
      </ConfirmDialog>
    </>
  )
}
