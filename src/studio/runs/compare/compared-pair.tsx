import { ArrowRight } from 'lucide-react'
import type { CandidateId } from '@/engine/program/program'
import { scorePercent } from '@/lib/percent'
import { Button } from '@/ui/button'
import { Select } from '@/ui/select'
import type { CandidateRow } from '../kit/candidate-rows'

interface ComparedPairProps {
  readonly rows: readonly CandidateRow[]
  readonly before: CandidateId | undefined
  readonly after: CandidateId | undefined
  readonly onChange: (pair: { readonly before?: CandidateId | undefined; readonly after?: CandidateId | undefined }) => void
  /** A pair was chosen that is not baseline and best. */
  readonly isChosen: boolean
}

/** Which two candidates are compared: baseline and best unless others are chosen. */
export function ComparedPair({ rows, before, after, onChange, isChosen }: ComparedPairProps) {
  if (rows.length < 2) return null
  const options = rows.map(row => ({ value: row.candidate.id, label: nameOf(row) }))
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-surface px-3 py-2">
      <div className="w-80 max-w-full">
        <Select size="sm" label="From" value={before} options={options} onChange={id => onChange({ before: id })} />
      </div>
      <ArrowRight className="size-4 text-faint" role="img" aria-label="to" />
      <div className="w-80 max-w-full">
        <Select size="sm" label="To" value={after} options={options} onChange={id => onChange({ after: id })} />
      </div>
      {isChosen && (
        <Button size="sm" variant="ghost" onClick={() => onChange({ before: undefined, after: undefined })}>
          Baseline and best
        </Button>
      )}
    </div>
  )
}

function nameOf({ candidate, score, isBaseline, isBest }: CandidateRow): string {
  const role = isBest ? 'best' : isBaseline && candidate.label !== 'baseline' ? 'baseline' : undefined
  return [candidate.label, role, ...(score === undefined ? [] : [scorePercent(score)])].filter(Boolean).join(' · ')
}
