import type { JournalEvent } from '@/engine/record/events'
import { scorePercent } from '@/lib/percent'
import { errorSentence } from '@/state/session/notices'
import { useRunEvents } from '@/state/session/queries'
import type { RunRecord } from '@/storage/records'
import { ErrorBox } from '@/ui/error-box'
import { Spinner } from '@/ui/spinner'
import { refusedWords } from '@/engine/lm/fact-words'
import { howWords } from '../kit/candidate-words'
import { callWords, rowWords } from '../kit/run-words'

/** The story of the run as sentences, for those who want to read it. */
export function LogList({ record }: { readonly record: RunRecord }) {
  const { data: events, error, refetch } = useRunEvents(record.id)
  if (error !== null) {
    return <ErrorBox className="m-4" title="The log could not be read" message={errorSentence(error)} onRetry={() => void refetch()} />
  }
  if (events === undefined) return <Spinner label="Loading the log" className="m-4" />
  // A state that is proposed again keeps the name it had first: of equal keys the last one stays, so the list is turned.
  const labels = new Map(
    events.flatMap(event => (event.type === 'candidate-propose' ? [[event.candidate, event.label] as const] : [])).toReversed(),
  )
  const lines = events.flatMap((event, index) => {
    const text = sentenceOf(event, id => labels.get(id) ?? id)
    const missing = event.seq - (events[index - 1]?.seq ?? -1) - 1
    return [
      ...(missing > 0 ? [{ id: `gap ${event.seq}`, event, text: gapWords(missing), isBad: true }] : []),
      ...(text === undefined ? [] : [{ id: String(event.seq), event, text, isBad: event.type === 'run-error' }]),
    ]
  })
  return (
    <ol aria-label="Log" className="px-4 py-3 font-mono text-sm">
      {lines.map(({ id, event, text, isBad }) => (
        <li key={id} className="flex gap-3 py-0.5">
          <time dateTime={new Date(event.at).toISOString()} className="shrink-0 text-faint tabular">
            {new Date(event.at).toLocaleTimeString('en-GB')}
          </time>
          <span className={isBad ? 'break-words text-bad-text' : 'break-words'}>{text}</span>
        </li>
      ))}
    </ol>
  )
}

function gapWords(missing: number): string {
  return missing === 1
    ? 'A step here cannot be read: its record is damaged'
    : `${missing} steps here cannot be read: their records are damaged`
}

function sentenceOf(event: JournalEvent, label: (candidate: string) => string): string | undefined {
  switch (event.type) {
    case 'run-start':
      return `Started: ${event.stages.map(stage => stage.title).join(' → ')}`
    case 'stage-start':
      return `Stage: ${event.title}`
    case 'stage-step':
      return event.title
    case 'stage-end':
      return event.calls === undefined ? undefined : `Stage done after ${callWords(event.calls)}`
    case 'demos-bootstrap':
      return `${event.predictor}: ${event.demos.length === 1 ? '1 demo' : `${event.demos.length} demos`} bootstrapped`
    case 'instructions-propose':
      return `${event.predictor}: ${event.proposals.length === 1 ? '1 instruction' : `${event.proposals.length} instructions`} proposed`
    case 'candidate-propose':
      return `Candidate ${event.label}: ${howWords(event.how)}`
    case 'minibatch-score':
      return `${label(event.candidate)} ran on a minibatch of ${rowWords(event.examples.length)}`
    case 'fullset-score':
      return `${label(event.candidate)} scores ${scorePercent(event.summary.mean)} on ${rowWords(event.summary.count)}`
    case 'candidate-accept':
      return `${label(event.candidate)} taken. ${event.reason}`
    case 'candidate-reject':
      return `${label(event.candidate)} not taken. ${event.reason}`
    case 'frontier-change':
      return `Frontier: ${event.members.length === 1 ? '1 candidate leads' : `${event.members.length} candidates share`} the rows`
    case 'best-change':
      return `Best is now ${label(event.candidate)} at ${scorePercent(event.score)}`
    case 'note':
      return event.text
    case 'model-facts':
      return `Found out: ${event.model} ${refusedWords(event.refused)}`
    case 'answer-give-up':
      return 'Gave up an answer: the run ended while it was reading it. It counts as not readable, and is kept in the trace'
    case 'run-end':
    case 'run-cancel':
      return event.sentence
    case 'run-error':
      return event.error.message
    case 'run-diverge':
      return `Left its record at event ${event.divergedAt}`
    default:
      // An event that a newer version wrote.
      event satisfies never
      return undefined
  }
}
