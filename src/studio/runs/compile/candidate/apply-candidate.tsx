import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import type { CandidateView } from '@/engine/run/view/run-view'
import { useApplied } from '@/state/runs/applied'
import { applyCandidate } from '@/state/runs/actions/run-actions'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { Tooltip } from '@/ui/tooltip'

interface ApplyCandidateProps {
  readonly record: RunRecord
  readonly candidate: CandidateView
  /** The result of the run: the one press that matters. */
  readonly isMain?: boolean
}

/** Makes a candidate's instructions and demos the program's own; says when that has been done. */
export function ApplyCandidate({ record, candidate, isMain = false }: ApplyCandidateProps) {
  const { version, isInUse, missing, canApply } = useApplied(record, candidate.state)
  const [isApplying, setApplying] = useState(false)
  const apply = async () => {
    setApplying(true)
    await applyCandidate(record.id, candidate)
    setApplying(false)
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
      <Tooltip
        text={
          canApply
            ? 'Makes a new version of the program with this state. Undo brings back what you have.'
            : 'No step of this run is left in the program.'
        }
      >
        <Button variant={isMain ? 'primary' : 'secondary'} loading={isApplying} disabled={!canApply} onClick={() => void apply()}>
          {version !== undefined ? 'Apply again' : isMain ? 'Apply' : 'Apply this candidate'}
        </Button>
      </Tooltip>
    </>
  )
}
