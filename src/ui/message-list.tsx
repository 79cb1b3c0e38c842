import { cutText } from '@/lib/cut-text'
import { ContentView, type ContentPart } from './content-view'

interface Message {
  readonly role: string
  readonly content: string | readonly ContentPart[]
}

/** Messages as they were sent. The ones in the middle, demos as a rule, start folded. */
export function MessageList({ messages }: { readonly messages: readonly Message[] }) {
  return (
    <ol className="flex flex-col gap-1.5">
      {messages.map((message, index) => {
        const isEdge = index === 0 || index === messages.length - 1
        return (
          <li key={index}>
            <details open={isEdge} className="group rounded-md border border-line bg-sunken">
              <summary className="flex items-baseline gap-2 rounded-md px-3 py-1 hover:bg-hover">
                <span className="w-16 shrink-0 text-sm font-semibold text-soft">{roleOf(message)}</span>
                <span className="min-w-0 flex-1 truncate font-mono text-sm text-faint group-open:invisible">{lineOf(message.content)}</span>
              </summary>
              <div className="px-3 pb-2">
                <ContentView content={message.content} />
              </div>
            </details>
          </li>
        )
      })}
    </ol>
  )
}

/** Results of tools go as messages of their own kind. */
function roleOf({ role, content }: Message): string {
  return typeof content !== 'string' && content.length > 0 && content.every(({ type }) => type === 'tool-result') ? 'tool' : role
}

/** A folded message in one line. */
function lineOf(content: Message['content']): string {
  const text = typeof content === 'string' ? content : content.map(partLine).join('')
  return cutText(text.replace(/\s+/g, ' '), 160)
}

function partLine(part: ContentPart): string {
  if ('text' in part) return part.text
  if (part.type === 'blob') return ` [${part.ref.mime}] `
  if (part.type === 'tool-call') return ` calls ${part.name} `
  if (part.type === 'tool-result') return ` ${typeof part.value === 'string' ? part.value : JSON.stringify(part.value)} `
  return ` [${part.type}] `
}
