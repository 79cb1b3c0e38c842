import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ReplayReport } from '@/engine/run/replay'
import { errorSentence } from '@/state/session/notices'
import { replayFromRecord } from '@/state/runs/actions/run-record-commands'
import type { RunRecord } from '@/storage/records'
import { Dialog } from '@/ui/dialog'
import { ErrorBox } from '@/ui/error-box'
import { formatCount } from '@/ui/format'
import { ProgressBar } from '@/ui/progress-bar'
import { createTurns } from '@/lib/turns'

interface ReplayDialogProps {
  readonly record: RunRecord
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Runs a run once more from its record alone, and says whether it came to the same. */
export function ReplayDialog({ record, isOpen, onClose }: ReplayDialogProps) {
  return (
    <Dialog
      open={isOpen}
      onOpenChange={next => !next && onClose()}
      title="Replay from record"
      description="The whole run once more from its stored answers: nothing is sent, nothing is written."
    >
      {isOpen && <Replay key={record.id} record={record} />}
    </Dialog>
  )
}

function Replay({ record }: { readonly record: RunRecord }) {
  const [answered, setAnswered] = useState(0)
  const [report, setReport] = useState<ReplayReport>()
  const [problem, setProblem] = useState<unknown>()
  const { id } = record
  useEffect(() => {
    const turns = createTurns()
    const turn = turns.next()
    replayFromRecord(id, turn.take(setAnswered)).then(turn.take(setReport), turn.take(setProblem))
    return turns.end
  }, [id])
  if (problem !== undefined) return <ErrorBox title="The run could not be replayed" message={errorSentence(problem)} />
  if (report === undefined) {
    const total = Math.max(1, record.totals.answered)
    const words = `${formatCount(answered)} of ${formatCount(total)} calls answered from the record`
    return (
      <div className="flex flex-col gap-1.5">
        <ProgressBar label="Progress of the replay" value={answered} max={total} valueText={words} />
        <p className="text-sm text-soft tabular">{words}</p>
      </div>
    )
  }
  return <Report report={report} />
}

function Report({
  report: { isSame, calls, cachedCalls, missingCalls, divergence, digest, recordedDigest },
}: {
  readonly report: ReplayReport
}) {
  const facts = [
    ['Requests sent', formatCount(calls)],
    ['Answers from the record', formatCount(cachedCalls)],
    ...(missingCalls > 0 ? [['Answers no longer stored', formatCount(missingCalls)]] : []),
    ['Digest of the record', recordedDigest.slice(0, 16)],
    ['Digest of the replay', digest.slice(0, 16)],
  ] as const
  return (
    <div role="status">
      <p className="mb-3 flex items-center gap-2 text-base font-medium">
        {isSame ? (
          <CircleCheck className="size-5 shrink-0 text-good" aria-hidden="true" />
        ) : (
          <TriangleAlert className="size-5 shrink-0 text-warn-text" aria-hidden="true" />
        )}
        {isSame ? 'The replay did the same, step by step.' : 'The replay ended differently.'}
      </p>
      {!isSame && (
        <p className="mb-3 text-soft">
          {missingCalls > 0
            ? 'Answers of this run were thrown out of the call cache to make room, so the replay ended before the first of them.'
            : divergence === undefined
              ? 'The stories differ. Usually another version of the studio made this record.'
              : `It left the record at event ${divergence.seq}. Usually another version of the studio made this record.`}
        </p>
      )}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="font-mono tabular">{value}</dd>
          </div>
        ))}
      </dl>
      {divergence !== undefined && (
        <details className="mt-3 text-sm">
          <summary>What differs</summary>
          <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 font-mono text-xs">
            <dt>Recorded</dt>
            <dd className="break-all">{divergence.expected}</dd>
            <dt>Now</dt>
            <dd className="break-all">{divergence.got}</dd>
          </dl>
        </details>
      )}
    </div>
  )
}
