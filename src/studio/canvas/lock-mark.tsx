import { Lock } from 'lucide-react'
import { isLocked, lockedShare } from '@/engine/graph/locks'
import { predictorTitle, type Predictor } from '@/engine/graph/predictors'
import { useOuterLocks } from '@/state/document/shown-program'
import { Tooltip } from '@/ui/tooltip'

/** A padlock on what optimizers must leave alone: a step as a whole or in part, or one predictor of it. */
export function LockMark({ predictors }: { readonly predictors: readonly Pick<Predictor, 'node' | 'key' | 'slotTitle' | 'around'>[] }) {
  const outer = useOuterLocks()
  const parts = (['instructions', 'demos'] as const).flatMap(part => {
    if (outer[part] !== undefined) return [part]
    const share = lockedShare(predictors, part)
    if (share === 'none') return []
    if (share === 'all') return [part]
    return [
      `${part} of ${predictors
        .filter(predictor => isLocked(predictor, part))
        .map(predictorTitle)
        .join(', ')}`,
    ]
  })
  if (parts.length === 0) return null
  const label = `Locked for optimizers: ${parts.join(' and ')}`
  return (
    <Tooltip text={label}>
      <span className="lock-mark" role="img" aria-label={label}>
        <Lock size={12} aria-hidden />
        {parts.length === 1 && parts[0]}
      </span>
    </Tooltip>
  )
}
