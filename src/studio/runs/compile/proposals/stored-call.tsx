import type { CallKey } from '@/engine/lm/lm'
import { readStoredAnswer, spokenPart, thoughtsOf } from '@/engine/lm/kept/stored-answer'
import { readStoredRequest } from '@/engine/lm/kept/stored-request'
import { finishWords, settingWords, shownMessages } from '@/state/runs/answer-text'
import { errorSentence } from '@/state/session/notices'
import { useCall } from '@/state/session/queries'
import type { RunId } from '@/storage/records'
import { AnswerBox } from '@/ui/answer-box'
import { CopyButton } from '@/ui/copy-button'
import { Dialog } from '@/ui/dialog'
import { ErrorBox } from '@/ui/error-box'
import { MessageList } from '@/ui/message-list'
import { Spinner } from '@/ui/spinner'
import { Thoughts } from '@/ui/thoughts'

interface StoredCallProps {
  readonly runId: RunId
  /** Closed when undefined. */
  readonly call: CallKey | undefined
  readonly title: string
  readonly onClose: () => void
}

/** The exact prompt that was sent and the completion that came back. */
export function StoredCall({ runId, call, title, onClose }: StoredCallProps) {
  return (
    <Dialog open={call !== undefined} onOpenChange={isOpen => !isOpen && onClose()} title={title} size="xl">
      {call !== undefined && <CallBody runId={runId} call={call} />}
    </Dialog>
  )
}

function CallBody({ runId, call }: { readonly runId: RunId; readonly call: CallKey }) {
  const { data: stored, error, refetch } = useCall(runId, call)
  if (error !== null) {
    return <ErrorBox title="The answer could not be read" message={errorSentence(error)} onRetry={() => void refetch()} />
  }
  if (stored === undefined) return <Spinner label="Loading the messages" className="m-3" />
  if (stored === null)
    return (
      <p className="text-soft">
        This answer is no longer in the call cache: it was thrown out to make room. The instruction itself is kept.
      </p>
    )
  const request = readStoredRequest(stored.request)
  const messages = shownMessages(request)
  const answer = readStoredAnswer(stored.response, request)
  return (
    <>
      <p className="mb-2 text-sm break-words text-faint">{settingWords(request).join(' · ')}</p>
      <div className="mb-1.5 flex items-center gap-2">
        <h3 className="flex-1 font-semibold">Prompt</h3>
        <CopyButton label="Copy prompt" text={() => JSON.stringify(messages, undefined, 2)} />
      </div>
      <MessageList messages={messages} />
      <div className="mt-4 mb-1.5 flex items-center gap-2">
        <h3 className="flex-1 font-semibold">
          Completion <span className="font-normal text-faint">· {finishWords(answer.finish)}</span>
        </h3>
        <CopyButton label="Copy completion" text={() => answer.text} />
      </div>
      <Thoughts text={thoughtsOf(answer)} />
      <AnswerBox content={spokenPart(answer)} />
    </>
  )
}
