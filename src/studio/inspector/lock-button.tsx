import { Lock, LockOpen } from 'lucide-react'
import type { Locks, SignatureNode } from '@/engine/graph/program'
import { setLock } from '@/state/edits/state-edits'
import { announce } from '@/ui/announcer'
import { IconButton } from '@/ui/icon-button'

/** Keeps optimizers off a part of a step; its own author may still edit it. */
export function LockButton({ node, part }: { readonly node: SignatureNode; readonly part: keyof Locks }) {
  const isLocked = node.locks?.[part] === true
  return (
    <IconButton
      size="sm"
      pressed={isLocked}
      label={`Lock ${part} of ${node.name}: optimizers leave them as they are`}
      icon={isLocked ? <Lock /> : <LockOpen />}
      onClick={() => {
        setLock(node.id, part, !isLocked)
        announce(isLocked ? `Optimizers may change the ${part}` : `Optimizers leave the ${part} as they are`)
      }}
    />
  )
}
