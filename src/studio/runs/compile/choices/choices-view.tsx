import { useMemo } from 'react'
import type { CandidateId } from '@/engine/program/program'
import { scorePercent } from '@/lib/percent'
import type { RunRecord } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { cx } from '@/ui/cx'
import type { CandidateRow } from '../../kit/candidate-rows'
import { choiceEffects, type ChoiceEffect } from './choices'

interface ChoicesViewProps {
  readonly record: RunRecord
  readonly rows: readonly CandidateRow[]
  readonly onOpen: (candidate: CandidateId) => void
}

/** What mattered in a search over combinations: for each part, the mean score of the candidates by what was chosen there. */
export function ChoicesView({ record, rows, onOpen }: ChoicesViewProps) {
  const effects = useMemo(() => choiceEffects(record.spec.graph, rows), [record.spec.graph, rows])
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-5xl flex-col gap-4 p-4">
        <p className="max-w-3xl text-soft">
          Mean score of the candidates that share a choice. A full evaluation counts in place of the minibatches of its candidate. Choices
          tried once or twice say little, and good choices are tried more often.
        </p>
        {effects.map(effect => (
          <Effect key={effect.name} effect={effect} onOpen={onOpen} />
        ))}
      </div>
    </div>
  )
}

function Effect({
  effect: { title, spread, options },
  onOpen,
}: {
  readonly effect: ChoiceEffect
  readonly onOpen: ChoicesViewProps['onOpen']
}) {
  return (
    <section aria-label={title} className="rounded-lg border border-line bg-surface">
      <header className="flex items-baseline gap-2 border-b border-line px-3 py-1.5">
        <h2 className="font-semibold">{title}</h2>
        <span className="text-sm text-faint">
          {spread === undefined ? 'too few trials to compare' : `${(spread * 100).toFixed(1)} points between the best and the worst choice`}
        </span>
      </header>
      <ul className="divide-y divide-line">
        {options.map(({ option, candidates, mean, words, isInBest }) => (
          <li key={option} className="grid grid-cols-[2.5rem_minmax(0,1fr)_9rem_6.5rem] items-center gap-x-3 px-3 py-1.5">
            <span className="font-medium tabular">{option}</span>
            <span className={cx('line-clamp-2 min-w-0 text-sm break-words', words === '' && 'text-faint')} title={words}>
              {isInBest && (
                <Badge tone="gold" className="mr-1.5">
                  in the best
                </Badge>
              )}
              {words === '' ? 'Empty' : words}
            </span>
            <span className="flex items-center gap-2">
              <span className="h-1.5 flex-1 overflow-hidden rounded-full bg-pressed" aria-hidden="true">
                <span className={cx('block h-full', isInBest ? 'bg-gold' : 'bg-accent')} style={{ width: `${(mean ?? 0) * 100}%` }} />
              </span>
              <span className="w-12 text-right tabular">{mean === undefined ? '–' : scorePercent(mean)}</span>
            </span>
            <button
              type="button"
              onClick={() => candidates[0] && onOpen(candidates[0].candidate.id)}
              className="rounded-sm text-right text-sm text-accent-text hover:underline"
              aria-label={`Open the best of the candidates with choice ${option} of ${title}`}
            >
              {candidates.length === 1 ? '1 candidate' : `${candidates.length} candidates`}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
