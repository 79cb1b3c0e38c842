import type { ReactNode } from 'react'
import { setRunPage, useRunPage } from '@/state/runs/run-page'
import type { RunRecord } from '@/storage/records'
import { CandidatePanel } from './candidate-panel'
import type { CandidateRow } from '../../kit/candidate-rows'

interface WithCandidateProps {
  readonly record: RunRecord
  readonly rows: readonly CandidateRow[]
  readonly children: ReactNode
  /** Stands at the side while no candidate is open. */
  readonly aside?: ReactNode
}

/** A view of the candidates with the chosen one opened beside it. */
export function WithCandidate({ record, rows, children, aside }: WithCandidateProps) {
  const { candidate } = useRunPage(record.id)
  const selected = rows.find(row => row.candidate.id === candidate)
  return (
    <div className="relative flex min-h-0 flex-1 max-sm:flex-col">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">{children}</div>
      {selected === undefined ? (
        aside
      ) : (
        <CandidatePanel record={record} row={selected} rows={rows} onClose={() => setRunPage(record.id, { candidate: undefined })} />
      )}
    </div>
  )
}
