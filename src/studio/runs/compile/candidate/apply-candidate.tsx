import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import type { CandidateView } from '@/engine/run/view/run-view'
import { useApplied } from '@/state/runs/applied'
import { applyCandidate } from '@/state/runs/actions/run-actions'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { Tooltip } from '@/ui/tooltip'
import { useTurns } from '@/ui/use-turns'

interface ApplyCandidateProps {
  readonly record: RunRecord
  readonly candidate: CandidateView
  /** The result of the run: the one press that matters. */
  readonly isMain?: boolean
}

/** Makes a candidate's instructions and demos the program's own, or the candidate where it is another program; says when that has been done. */
export function ApplyCandidate({ record, candidate, isMain = false }: ApplyCandidateProps) {
  const { version, isInUse, missing, changed, replaces } = useApplied(record, candidate)
  const [isApplying, setApplying] = useState(false)
  const turns = useTurns()
  const apply = async () => {
    const turn = turns.next()
    setApplying(true)
    await applyCandidate(record, candidate)
    turn.take(setApplying)(false)
  }
  if (isInUse) {
    return (
      <Badge tone="good">
        <CircleCheck aria-hidden="true" />
        {version === undefined ? 'In use' : `Applied as version ${version.number}`}
      </Badge>
    )
  }
  return (
    <>
      {version !== undefined && <span className="text-sm text-faint">was version {version.number}</span>}
      {missing.length > 0 && (
        <span className="max-w-52 text-sm text-warn-text">
          {missing.join(', ')} {missing.length === 1 ? 'is' : 'are'} no longer in the program.
        </span>
      )}
      {changed.length > 0 && (
        <span className="max-w-52 text-sm text-warn-text">
          {changed.join(', ')} {changed.length === 1 ? 'has' : 'have'} other fields than in this run: demos and score may not fit.
        </span>
      )}
      <Tooltip
        text={
          replaces
            ? 'Replaces the steps of the program by those of this candidate, as a new version. Undo brings back what you have.'
            : 'Makes a new version of the program with this state. Undo brings back what you have.'
        }
      >
        <Button variant={isMain ? 'primary' : 'secondary'} loading={isApplying} onClick={() => void apply()}>
          {version !== undefined ? 'Apply again' : isMain ? 'Apply' : 'Apply this candidate'}
        </Button>
      </Tooltip>
    </>
  )
}
