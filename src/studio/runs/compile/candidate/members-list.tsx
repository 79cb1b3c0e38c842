import type { EnsembleMember } from '@/engine/program/program'
import type { Field } from '@/engine/signature/signature'
import type { PredictorState } from '@/engine/program/program'
import { DiffText } from '@/ui/diff-text'
import { Badge } from '@/ui/badge'
import { DemoList } from './demo-list'
import { demoDifference } from '../../kit/state-changes'

interface MembersListProps {
  readonly members: readonly EnsembleMember[]
  /** What each was called while it was a candidate of its own. */
  readonly names: readonly (string | undefined)[]
  readonly fields: readonly Field[]
  /** The predictor before, to compare with. */
  readonly before: Pick<PredictorState, 'instructions' | 'demos'>
}

/** The members of an ensemble, each folded to what it differs in. */
export function MembersList({ members, names, fields, before }: MembersListProps) {
  return (
    <ol className="flex flex-col gap-1.5">
      {members.map((member, index) => {
        const { added } = demoDifference(before.demos, member.demos)
        const hasNewInstructions = member.instructions !== before.instructions
        const demoCount = member.demos.length
        return (
          <li key={index}>
            <details className="rounded-md border border-line bg-surface">
              <summary className="flex items-center gap-2 rounded-md px-2.5 py-1.5 hover:bg-hover">
                <span className="font-medium">Member {index + 1}</span>
                <span className="min-w-0 flex-1 truncate text-soft">{names[index]}</span>
                {hasNewInstructions && <Badge tone="accent">instructions</Badge>}
                <span className="shrink-0 text-sm text-faint tabular">{demoCount === 1 ? '1 demo' : `${demoCount} demos`}</span>
              </summary>
              <div className="flex flex-col gap-2 border-t border-line px-2.5 py-2">
                {hasNewInstructions ? (
                  <DiffText before={before.instructions} after={member.instructions} />
                ) : (
                  <p className="break-words whitespace-pre-wrap text-soft">{member.instructions}</p>
                )}
                <DemoList demos={member.demos} fields={fields} added={added} />
              </div>
            </details>
          </li>
        )
      })}
    </ol>
  )
}
