import { Lock } from 'lucide-react'
import type { Locks } from '@/engine/graph/program'
import { Tooltip } from '@/ui/tooltip'

/** A padlock on a step that optimizers must leave alone, in part or as a whole. */
export function LockMark({ locks }: { readonly locks: Locks | undefined }) {
  const parts = [locks?.instructions === true && 'instructions', locks?.demos === true && 'demos'].filter(part => part !== false)
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
