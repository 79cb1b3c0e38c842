import { ErrorText, SaidErrors } from '@/ui/error-text'
import type { Span, SpanCall } from '@/engine/trace/span'
import { isQuestion, requestTitle } from '@/state/runs/answer-text'
import type { RunRecord } from '@/storage/records'
import { ErrorBoundary } from '@/ui/error-boundary'
import { RequestCard } from './request-card'
import { ValueList } from './value-list'

interface SpanBodyProps {
  readonly record: RunRecord
  readonly span: Span
  /** Show the last request at once. */
  readonly isOpen: boolean
}

/** What came of a piece of work, what it got, and the requests it sent. */
export function SpanBody({ record, span, isOpen }: SpanBodyProps) {
  return (
    <>
      <div>
        <h4 className="mb-1 text-sm text-faint">
          {span.predictor === undefined && span.kind !== 'score' ? 'Returned' : 'Read from the answer'}
        </h4>
        {span.outputs === undefined ? (
          <p className="break-words text-bad-text">
            {span.error ? <ErrorText message={span.error.message} /> : 'Nothing: it did not finish.'}
          </p>
        ) : (
          <ValueList values={span.outputs} />
        )}
      </div>
      {Object.keys(span.inputs).length > 0 && (
        <details>
          <summary className="text-sm text-soft">{gotWords[span.kind ?? 'node']}</summary>
          <div className="mt-1.5">
            <ValueList values={span.inputs} />
          </div>
        </details>
      )}
      {span.calls.map((call, index) => (
        <ErrorBoundary key={index} place="This request">
          <SaidErrors message={span.outputs === undefined ? span.error?.message : undefined}>
            <RequestCard
              record={record}
              call={call}
              title={requestTitle(call, span.calls)}
              next={nextFormat(span.calls, index)}
              startsOpen={isOpen && index === span.calls.length - 1}
            />
          </SaidErrors>
        </ErrorBoundary>
      ))}
    </>
  )
}

/** In which format the same question was asked again. */
function nextFormat(calls: readonly SpanCall[], index: number): string | undefined {
  const [call, next] = [calls[index], calls[index + 1]]
  return call && isQuestion(call) && call.reads === next?.reads ? next?.format : undefined
}

const gotWords: Readonly<Record<NonNullable<Span['kind']>, string>> = {
  node: 'What it got',
  predict: 'What it got',
  tool: 'Arguments',
  attempt: 'What the reward function said',
  body: 'What it got',
  score: 'What it got',
}
