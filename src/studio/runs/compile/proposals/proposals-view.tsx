import { MessageSquareText } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { CandidateId } from '@/engine/program/program'
import type { RunView } from '@/engine/run/view/run-view'
import { scorePercent } from '@/lib/percent'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { DiffText } from '@/ui/diff-text'
import { Segmented } from '@/ui/segmented'
import { Switch } from '@/ui/switch'
import type { CandidateRow } from '../../kit/candidate-rows'
import { howWords } from '../../kit/candidate-words'
import { proposalGroups, type ProposalGroup, type ShownProposal } from './proposals'
import { StoredCall } from './stored-call'

interface ProposalsViewProps {
  readonly record: RunRecord
  readonly view: RunView
  readonly rows: readonly CandidateRow[]
  readonly onOpen: (candidate: CandidateId) => void
}

/** Every instruction a model wrote in this run: what asked for it, what came of it, and the call behind it. */
export function ProposalsView({ record, view, rows, onOpen }: ProposalsViewProps) {
  const groups = useMemo(() => proposalGroups(record.spec.graph, view, rows), [record.spec.graph, view, rows])
  const [order, setOrder] = useState<'written' | 'best'>('written')
  const [isDiff, setDiff] = useState(false)
  const [opened, setOpened] = useState<{ readonly call: string; readonly title: string }>()
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 p-4">
      <div className="flex flex-wrap items-center gap-4">
        <Segmented
          label="Order of the proposals"
          size="sm"
          value={order}
          onChange={setOrder}
          options={[
            { value: 'written', label: 'As written' },
            { value: 'best', label: 'Best first' },
          ]}
        />
        <Switch label="Show what differs from before" checked={isDiff} onChange={setDiff} />
      </div>
      {groups.map(group => (
        <section key={group.predictor} aria-label={`Proposals for ${group.name}`}>
          <h2 className="mb-2 font-semibold">
            {group.name} <span className="font-normal text-faint tabular">{group.proposals.length}</span>
          </h2>
          <ol className="flex flex-col gap-2">
            {inOrder(group.proposals, order).map(proposal => (
              <Proposal
                key={proposal.number}
                group={group}
                proposal={proposal}
                isDiff={isDiff}
                onOpen={onOpen}
                onShowCall={call => setOpened({ call, title: `${group.name}: proposal ${proposal.number}` })}
              />
            ))}
          </ol>
        </section>
      ))}
      <StoredCall runId={record.id} call={opened?.call} title={opened?.title ?? 'Proposal'} onClose={() => setOpened(undefined)} />
    </div>
  )
}

interface ProposalProps {
  readonly group: ProposalGroup
  readonly proposal: ShownProposal
  readonly isDiff: boolean
  readonly onOpen: (candidate: CandidateId) => void
  readonly onShowCall: (call: string) => void
}

function Proposal({ group, proposal, isDiff, onOpen, onShowCall }: ProposalProps) {
  const { number, how, note, text, call, sameAs, choice, users } = proposal
  const isBefore = text === group.before
  const isBest = users.some(row => row.isBest)
  return (
    <li
      aria-label={`Proposal ${number}`}
      className="rounded-lg border border-line bg-surface [contain-intrinsic-size:auto_120px] [content-visibility:auto]"
    >
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-3 py-1.5">
        <h3 className="font-medium tabular">Proposal {number}</h3>
        {choice !== undefined && <Badge>instruction {choice}</Badge>}
        {isBest && <Badge tone="gold">in the best</Badge>}
        {isBefore && <Badge>as it was</Badge>}
        {sameAs !== undefined && <Badge tone="warn">same as proposal {sameAs}</Badge>}
        <span className="min-w-0 text-sm text-faint">
          {call === undefined ? '' : howWords(how)}
          {note !== undefined && note !== 'current' && `${call === undefined ? '' : ' · '}${note}`}
        </span>
        <span className="flex-1" />
        {call !== undefined && (
          <Button size="sm" variant="ghost" icon={<MessageSquareText />} onClick={() => onShowCall(call)}>
            Prompt and completion
          </Button>
        )}
      </header>
      {isDiff && !isBefore ? (
        <DiffText before={group.before} after={text} className="px-3 py-2" />
      ) : (
        <p className="px-3 py-2 break-words whitespace-pre-wrap">{text}</p>
      )}
      <footer className="flex flex-wrap items-center gap-1.5 px-3 pb-2 text-sm text-soft">
        {users.length === 0 ? (
          <span className="text-faint">No candidate uses it.</span>
        ) : (
          <>
            <span>{users.length === 1 ? 'In 1 candidate:' : `In ${users.length} candidates, best first:`}</span>
            {users.slice(0, shownUsers).map(({ candidate, score }) => (
              <button
                key={candidate.id}
                type="button"
                onClick={() => onOpen(candidate.id)}
                className="rounded-sm border border-line px-1.5 tabular hover:bg-hover"
              >
                {candidate.label}
                {score !== undefined && ` · ${scorePercent(score)}${candidate.full === undefined ? ' on minibatches' : ''}`}
              </button>
            ))}
            {users.length > shownUsers && <span className="text-faint">and {users.length - shownUsers} more</span>}
          </>
        )}
      </footer>
    </li>
  )
}

const shownUsers = 3

function inOrder(proposals: readonly ShownProposal[], order: 'written' | 'best'): readonly ShownProposal[] {
  if (order === 'written') return proposals
  const worth = ({ users: [first] }: ShownProposal) =>
    first?.score === undefined ? -1 : first.score + (first.candidate.full === undefined ? 0 : 1)
  return proposals.toSorted((a, b) => worth(b) - worth(a))
}
