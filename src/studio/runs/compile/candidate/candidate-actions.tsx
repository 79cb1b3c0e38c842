import { GitCompareArrows, Gauge } from 'lucide-react'
import { Link } from 'wouter'
import { scorePercent } from '@/lib/percent'
import { paths } from '@/state/session/paths'
import { useRuns } from '@/state/session/queries'
import { useRunView } from '@/state/runs/live/live-runs'
import { evaluateCandidate } from '@/state/runs/actions/run-actions'
import { setRunPage } from '@/state/runs/run-page'
import type { RunRecord } from '@/storage/records'
import { Button } from '@/ui/button'
import { Menu } from '@/ui/menu'
import { Tooltip } from '@/ui/tooltip'
import type { CandidateRow } from '../../kit/candidate-rows'
import { rowWords } from '../../kit/run-words'

/** What can be done with any candidate beside applying it, and where else it was scored. */
export function CandidateActions({ record, row: { candidate } }: { readonly record: RunRecord; readonly row: CandidateRow }) {
  const { view } = useRunView(record.id)
  const { data: runs } = useRuns(record.projectId)
  const bestId = view.end?.result?.best?.candidate ?? view.best?.candidate
  const named = [
    { id: view.baseline, words: 'the program as it was' },
    { id: bestId, words: 'the best' },
    ...candidate.parents.map(id => ({ id, words: view.candidates.find(each => each.id === id)?.label ?? '' })),
  ]
  const others = named.filter(
    ({ id }, index) => id !== undefined && id !== candidate.id && named.findIndex(each => each.id === id) === index,
  )
  const evaluations = (runs ?? []).filter(run => run.kind === 'evaluate' && run.result?.best?.candidate === candidate.id)
  return (
    <>
      <div className="mt-1.5 flex flex-wrap items-center gap-1.5">
        <Menu
          trigger={
            <Button size="sm" icon={<GitCompareArrows />}>
              Compare
            </Button>
          }
          items={[
            ...others.map(({ id, words }) => ({
              id: id ?? '',
              label: `With ${words}`,
              onSelect: () => setRunPage(record.id, { tab: 'changes', before: id, after: candidate.id }),
            })),
            {
              id: 'other',
              label: 'With another candidate…',
              hint: 'Choose it at the top of Changes.',
              onSelect: () => setRunPage(record.id, { tab: 'changes', after: candidate.id }),
            },
          ]}
        />
        <Tooltip text="Scores it on the whole split as a run of its own. The program stays as it is.">
          <Button size="sm" icon={<Gauge />} onClick={() => void evaluateCandidate(record, candidate)}>
            Evaluate in full
          </Button>
        </Tooltip>
      </div>
      {evaluations.map(run => (
        <p key={run.id} className="mt-1 text-sm text-soft">
          <Link href={paths.run(record.projectId, run.id)} className="rounded-xs text-accent-text hover:underline">
            {run.title}
          </Link>
          {run.result?.best !== undefined &&
            run.spec.data.split !== 'test' &&
            run.spec.data.split !== 'all' &&
            `: ${scorePercent(run.result.best.summary.mean)} on ${rowWords(run.result.best.summary.count)}`}
        </p>
      ))}
    </>
  )
}
