import type { CallKey } from '@/engine/lm/lm'
import { readStoredAnswer, thoughtsOf } from '@/engine/lm/stored-answer'
import { finishWords } from '@/state/runs/answer-text'
import { errorSentence } from '@/state/session/notices'
import { useCall } from '@/state/session/queries'
import { CopyButton } from '@/ui/copy-button'
import { Dialog } from '@/ui/dialog'
import { ErrorBox } from '@/ui/error-box'
import { MessageList } from '@/ui/message-list'
import { Spinner } from '@/ui/spinner'
import { Thoughts } from '@/ui/thoughts'

interface StoredCallProps {
  /** Closed when undefined. */
  readonly call: CallKey | undefined
  readonly title: string
  readonly onClose: () => void
}

/** The exact prompt that was sent and the completion that came back. */
export function StoredCall({ call, title, onClose }: StoredCallProps) {
  return (
    <Dialog open={call !== undefined} onOpenChange={isOpen => !isOpen && onClose()} title={title} size="xl">
      {call !== undefined && <CallBody call={call} />}
    </Dialog>
  )
}

function CallBody({ call }: { readonly call: CallKey }) {
  const { data: stored, error, refetch } = useCall(call)
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
  const { request } = stored
  const answer = readStoredAnswer(stored.response)
  const settings = Object.entries(request.settings).map(([name, value]) => `${name} ${String(value)}`)
  return (
    <>
      <p className="mb-2 text-sm break-words text-faint">{[`model ${request.model}`, ...settings].join(' · ')}</p>
      <div className="mb-1.5 flex items-center gap-2">
        <h3 className="flex-1 font-semibold">Prompt</h3>
        <CopyButton label="Copy prompt" text={() => JSON.stringify(request.messages, undefined, 2)} />
      </div>
      <MessageList messages={request.messages} />
      <div className="mt-4 mb-1.5 flex items-center gap-2">
        <h3 className="flex-1 font-semibold">
          Completion <span className="font-normal text-faint">· {finishWords(answer.finish)}</span>
        </h3>
        <CopyButton label="Copy completion" text={() => answer.text} />
      </div>
      <Thoughts text={thoughtsOf(answer)} />
      <pre className="rounded-md border border-line bg-sunken px-3 py-2 font-mono text-sm break-words whitespace-pre-wrap">
        {answer.text === '' ? <span className="text-faint">The model answered nothing.</span> : answer.text}
      </pre>
    </>
  )
}
