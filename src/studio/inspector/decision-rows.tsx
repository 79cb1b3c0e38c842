import { flips, type DecidedRow, type Flip } from '@/engine/evaluate/decided-rows'
import type { Decision } from '@/engine/signature/decisions/decision'
import { pythonStr } from '@/lib/python-text'
import { plainAnswer } from '@/engine/signature/types/decision-kinds'

interface DecisionRowsProps {
  readonly before: Decision
  readonly now: Decision
  readonly rows: readonly DecidedRow[]
  /** Of the evaluation that the rows are from. */
  readonly title: string
}

/** The rows of an evaluation that are decided otherwise now, at no call. */
export function DecisionRows({ before, now, rows, title }: DecisionRowsProps) {
  const flipped = flips(rows, before, now)
  return (
    <>
      <p className="inspector-faint" role="status">
        {sentence(flipped, rows.length, title)}
      </p>
      {flipped.length > 0 && (
        <ul className="decision-flips" aria-label={`Rows of ${now.field.name} that are decided otherwise`}>
          {flipped.slice(0, mostShown).map(({ row, before: old = 'undecided', now: next = 'undecided', verdict }, index) => (
            <li key={index}>
              <span className="min-w-0 truncate" title={row.exampleId}>
                {row.exampleId}
              </span>
              <span>
                {old} → {next}
              </span>
              {row.label !== undefined && (
                <span className={verdict === 'fixed' ? 'text-good-text' : verdict === 'broken' ? 'text-bad-text' : 'text-soft'}>
                  {verdict === 'fixed' ? 'right now' : verdict === 'broken' ? 'wrong now' : `label ${pythonStr(plainAnswer(row.label))}`}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {flipped.length > mostShown && <p className="inspector-faint">and {flipped.length - mostShown} more</p>}
    </>
  )
}

const mostShown = 20

function sentence(flipped: readonly Flip[], count: number, title: string): string {
  const rows = count === 1 ? '1 row' : `${count} rows`
  if (flipped.length === 0) return `All ${rows} of “${title}” stay as they were decided.`
  const fixed = flipped.filter(({ verdict }) => verdict === 'fixed').length
  const broken = flipped.filter(({ verdict }) => verdict === 'broken').length
  const verdicts = fixed + broken === 0 ? '' : `: ${fixed} become right, ${broken} become wrong`
  return `${flipped.length} of ${rows} of “${title}” flip${verdicts}. Nothing is asked for this.`
}
