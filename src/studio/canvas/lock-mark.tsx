import { Lock } from 'lucide-react'
import { isLocked, lockedShare } from '@/engine/graph/locks'
import { predictorTitle } from '@/engine/graph/predictors'
import { Tooltip } from '@/ui/tooltip'
import type { NodePredictor } from './node-predictors'

/** A padlock on what optimizers must leave alone: a step as a whole or in part, or one predictor of it. */
export function LockMark({ predictors }: { readonly predictors: readonly NodePredictor[] }) {
  const parts = (['instructions', 'demos'] as const).flatMap(part => {
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
