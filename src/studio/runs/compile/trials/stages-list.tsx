import { CircleCheck, CircleDashed } from 'lucide-react'
import type { StageView } from '@/engine/run/view/run-view'
import { cx } from '@/ui/cx'
import { Spinner } from '@/ui/spinner'
import { callWords } from '../../kit/run-words'

interface StagesListProps {
  readonly stages: readonly StageView[]
  /** Paused: what runs stands still for now. Ended: it will not go on by itself. */
  readonly pace: 'moving' | 'paused' | 'ended'
}

/** The named stages of a run, and which of them is under way. */
export function StagesList({ stages, pace }: StagesListProps) {
  if (stages.length === 0) return <p className="text-faint">The stages appear when the run starts.</p>
  return (
    <ol aria-label="Stages" className="flex flex-col">
      {stages.map(stage => {
        const words = statusWords(stage, pace)
        return (
          <li key={stage.id} aria-current={stage.status === 'running' ? 'step' : undefined} className="flex gap-2.5 py-1.5">
            <span className="mt-0.5 flex size-4 shrink-0 items-center justify-center" aria-hidden="true">
              {stage.status === 'done' ? (
                <CircleCheck className="size-4 text-good" />
              ) : stage.status === 'running' && pace === 'moving' ? (
                <Spinner className="text-accent" />
              ) : (
                <CircleDashed className="size-4 text-faint" />
              )}
            </span>
            <div className="min-w-0 flex-1">
              <p className={cx(stage.status === 'waiting' ? 'text-soft' : 'font-medium')}>{stage.title}</p>
              <p className="text-sm text-faint">
                {words}
                {stage.plannedCalls > 0 && ` · ${stage.status === 'done' ? '' : 'about '}${callWords(stage.plannedCalls)}`}
                {stage.plannedCalls === 0 && stage.status === 'done' && ' · no new calls'}
              </p>
              {stage.detail !== undefined && stage.status === 'running' && <p className="text-sm break-words text-soft">{stage.detail}</p>}
            </div>
          </li>
        )
      })}
    </ol>
  )
}

function statusWords({ status }: StageView, pace: StagesListProps['pace']): string {
  if (status === 'done') return 'Done'
  if (status === 'running') return pace === 'moving' ? 'Running' : pace === 'paused' ? 'Paused' : 'Not finished'
  return pace === 'ended' ? 'Not reached' : 'Waiting'
}
