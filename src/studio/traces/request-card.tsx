import { ErrorText } from '@/ui/error-text'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { ErrorJson } from '@/engine/base/errors'
import { readStoredAnswer, spokenPart, thoughtsOf } from '@/engine/lm/kept/stored-answer'
import { readStoredRequest } from '@/engine/lm/kept/stored-request'
import type { SpanCall } from '@/engine/trace/span'
import { answerText, finishWords, settingWords, shownMessages } from '@/state/runs/answer-text'
import { formatName } from '@/state/runs/request-format'
import { errorSentence } from '@/state/session/notices'
import { useCall } from '@/state/session/queries'
import type { RunId, RunRecord } from '@/storage/records'
import { AnswerBox } from '@/ui/answer-box'
import { Badge } from '@/ui/badge'
import { cx } from '@/ui/cx'
import { ErrorBox } from '@/ui/error-box'
import { formatCost, formatMs } from '@/ui/format'
import { Spinner } from '@/ui/spinner'
import { Thoughts } from '@/ui/thoughts'
import { CopyButton } from '@/ui/copy-button'
import { MessageList } from '@/ui/message-list'
import { ToolOffers } from '@/ui/tool-offers'
import { costOfCall, tokenWords } from './trace-words'

interface RequestCardProps {
  readonly record: RunRecord
  readonly call: SpanCall
  /** What it was for, among all of its step. */
  readonly title: string
  /** Format in which the same question was asked again. */
  readonly next: string | undefined
  readonly startsOpen: boolean
}

/** One request of a step: in which format it asked, what it took, and, opened, the exact messages and the raw answer. */
export function RequestCard({ record, call, title, next, startsOpen }: RequestCardProps) {
  const [isOpen, setOpen] = useState(startsOpen)
  const { error } = call
  const attempts = call.attempts > 1 ? [`${call.attempts} attempts`] : []
  const cost = call.cached ? 'not paid for' : formatCost(costOfCall(call, record.spec))
  return (
    <div className={cx('rounded-md border', error === undefined ? 'border-line' : 'border-line-strong')}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full flex-wrap items-center gap-x-2 gap-y-1 rounded-md px-2.5 py-1.5 text-left hover:bg-hover"
      >
        <ChevronRight className={cx('size-3.5 shrink-0 text-faint transition-transform', isOpen && 'rotate-90')} aria-hidden="true" />
        <span className="font-medium">{title}</span>
        <Badge>{formatName(call.format)}</Badge>
        <Badge tone={call.cached ? 'neutral' : 'accent'}>{call.cached ? 'cached' : 'paid'}</Badge>
        {error !== undefined && <Badge tone="bad">{badgeWords[error.code] ?? 'failed'}</Badge>}
        <span className="ml-auto text-sm text-faint tabular">
          {[call.model, ...attempts, tokenWords(call.usage), formatMs(call.ms), cost].join(' · ')}
        </span>
      </button>
      {error !== undefined && (
        <p className="border-t border-line px-3 py-1.5 text-sm break-words text-bad-text">
          <ErrorText message={error.message} />
          {next !== undefined && <span className="text-soft"> Asked again as {formatName(next)}.</span>}
        </p>
      )}
      {isOpen && <RequestBody runId={record.id} call={call} />}
    </div>
  )
}

const badgeWords: Partial<Record<ErrorJson['code'], string>> = { 'adapter-parse': 'not readable', 'lm-cut': 'cut off' }

function RequestBody({ runId, call }: { readonly runId: RunId; readonly call: SpanCall }) {
  const stored = useCall(runId, call.key)
  if (stored.error !== null) {
    return (
      <ErrorBox
        className="m-2"
        title="The answer could not be read"
        message={errorSentence(stored.error)}
        onRetry={() => void stored.refetch()}
      />
    )
  }
  if (stored.data === undefined) return <Spinner label="Loading the messages" className="m-3" />
  if (stored.data === null) {
    return (
      <p className="border-t border-line px-3 py-2 text-soft">
        {call.error !== undefined && call.error.code !== 'adapter-parse' && call.finish === undefined
          ? 'No answer came, so neither messages nor answer were stored.'
          : 'This answer is no longer in the call cache: it was thrown out to make room. What the step read from it is kept above.'}
      </p>
    )
  }
  const request = readStoredRequest(stored.data.request)
  const messages = shownMessages(request)
  const isEmbedding = request.kind === 'embed'
  const answer = readStoredAnswer(stored.data.response, request)
  const text = answerText(stored.data)
  const settings = settingWords(request)
  const responseFormat = isEmbedding ? undefined : request.responseFormat
  return (
    <div className="border-t border-line px-3 py-2.5">
      <div className="mb-1.5 flex items-center gap-2">
        <h5 className="flex-1 text-sm font-semibold">{isEmbedding ? 'Texts' : 'Messages'}</h5>
        <CopyButton label={isEmbedding ? 'Copy texts' : 'Copy messages'} text={() => JSON.stringify(messages, undefined, 2)} />
      </div>
      <MessageList messages={messages} />
      <div className="mt-3 mb-1.5 flex items-center gap-2">
        <h5 className="flex-1 text-sm font-semibold">
          {isEmbedding ? 'Answer' : 'Raw answer'}{' '}
          {!isEmbedding && <span className="font-normal text-faint">· {finishWords(answer.finish)}</span>}
        </h5>
        <CopyButton label="Copy answer" text={() => text} />
      </div>
      <Thoughts text={thoughtsOf(answer)} />
      <AnswerBox content={isEmbedding ? text : spokenPart(answer)} />
      {(settings.length > 1 || responseFormat !== undefined) && (
        <p className="mt-2 text-sm break-words text-faint">
          {settings.join(' · ')}
          {responseFormat !== undefined && ` · response format ${responseFormat.type}`}
        </p>
      )}
      {!isEmbedding && request.tools && <ToolOffers tools={request.tools} chosen={request.toolChoice} />}
      {responseFormat?.type === 'json_schema' && (
        <details className="mt-1 text-sm">
          <summary className="text-soft">JSON schema</summary>
          <pre className="mt-1 overflow-x-auto rounded-md border border-line bg-sunken px-3 py-2 font-mono text-sm">
            {JSON.stringify(responseFormat.schema, undefined, 2)}
          </pre>
        </details>
      )}
    </div>
  )
}
