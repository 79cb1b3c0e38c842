import { Lock, LockOpen } from 'lucide-react'
import { isLocked as isLockedIn } from '@/engine/graph/locks'
import { predictorsOfNode, predictorTitle, type Predictor } from '@/engine/graph/predictors'
import type { Locks } from '@/engine/program/program'
import { setLock } from '@/state/document/edits/state-edits'
import { useProject } from '@/state/document/project-store'
import { announce } from '@/ui/announcer'
import { IconButton } from '@/ui/icon-button'

/** Keeps optimizers off a part of a predictor; its own author may still edit it. */
export function LockButton({ predictor, part }: { readonly predictor: Predictor; readonly part: keyof Locks }) {
  const { node, key } = predictor
  const isLocked = isLockedIn(predictor, part)
  const isOnly = useProject(project => predictorsOfNode(project.graph, node.id).length === 1)
  const name = isOnly ? node.name : `${node.name} · ${predictorTitle(predictor)}`
  return (
    <IconButton
      size="sm"
      pressed={isLocked}
      label={`Lock ${part} of ${name}: optimizers leave them as they are`}
      icon={isLocked ? <Lock /> : <LockOpen />}
      onClick={() => {
        setLock(node.id, part, !isLocked, isOnly ? undefined : key)
        announce(isLocked ? `Optimizers may change the ${part}` : `Optimizers leave the ${part} as they are`)
      }}
    />
  )
}
