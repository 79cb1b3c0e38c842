import { Lock, LockOpen } from 'lucide-react'
import { isLocked as isLockedIn } from '@/engine/graph/locks'
import { predictorsOfNode, predictorTitle, type Predictor } from '@/engine/graph/predictors'
import type { Locks, StepNode } from '@/engine/program/program'
import { setLock } from '@/state/document/edits/state-edits'
import { useOuterLocks, useShownProject } from '@/state/document/shown-program'
import { announce } from '@/ui/announcer'
import { IconButton } from '@/ui/icon-button'

/** Keeps optimizers off a part of a predictor; its own author may still edit it. */
export function LockButton({ predictor, part }: { readonly predictor: Predictor; readonly part: keyof Locks }) {
  const { node, key } = predictor
  const isOnly = useShownProject(project => predictorsOfNode(project.graph, node.id).length === 1)
  const name = isOnly ? node.name : `${node.name} · ${predictorTitle(predictor)}`
  const isLocked = isLockedIn(predictor, part)
  return (
    <LockToggle part={part} name={name} isLocked={isLocked} onToggle={() => setLock(node.id, part, !isLocked, isOnly ? undefined : key)} />
  )
}

/** The same for all that a step asks, also in the programs within it. */
export function StepLock({ node, part }: { readonly node: StepNode; readonly part: keyof Locks }) {
  const isLocked = node.locks?.[part] === true
  return <LockToggle part={part} name={node.name} isLocked={isLocked} onToggle={() => setLock(node.id, part, !isLocked)} />
}

interface LockToggleProps {
  readonly part: keyof Locks
  readonly name: string
  readonly isLocked: boolean
  onToggle(): void
}

function LockToggle({ part, name, isLocked, onToggle }: LockToggleProps) {
  // Within a locked step there is nothing to unlock here.
  const outer = useOuterLocks()[part]
  const label =
    outer === undefined ? `Lock ${part} of ${name}: optimizers leave them as they are` : `Locked by ${outer}, which ${name} is in`
  return (
    <IconButton
      size="sm"
      pressed={isLocked || outer !== undefined}
      disabled={outer !== undefined}
      label={label}
      icon={isLocked || outer !== undefined ? <Lock /> : <LockOpen />}
      onClick={() => {
        onToggle()
        announce(isLocked ? `Optimizers may change the ${part}` : `Optimizers leave the ${part} as they are`)
      }}
    />
  )
}
