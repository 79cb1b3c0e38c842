import type { BlobName, FileName } from './blob-source'
import { FileView } from './file-view'
import { Thoughts } from './thoughts'

/** A piece of a message, as far as it can be shown. */
export type ContentPart =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly args: unknown }
  | { readonly type: 'tool-result'; readonly id: string; readonly name?: string; readonly value: unknown }
  | { readonly type: 'blob'; readonly ref: BlobName }
  | { readonly type: 'remote'; readonly ref: Exclude<FileName, BlobName> }
  | { readonly type: 'citations'; readonly citations: readonly unknown[] }
  | { readonly type: 'document'; readonly document: { readonly data: string; readonly title?: string; readonly media_type?: string } }

/** What a message or an answer says, piece by piece, in its order: text as it is, files as themselves, thoughts folded. */
export function ContentView({ content }: { readonly content: string | readonly ContentPart[] }) {
  if (typeof content === 'string') return <Words text={content} />
  return content.map((part, index) => <PartView key={index} part={part} />)
}

function PartView({ part }: { readonly part: ContentPart }) {
  switch (part.type) {
    case 'text':
      return <Words text={part.text} />
    case 'reasoning':
      return <Thoughts text={part.text} />
    case 'blob':
    case 'remote':
      return <FileView file={part.ref} />
    case 'citations':
      return <ToolPart title="Cites" id={`${part.citations.length}`} value={part.citations} />
    case 'document':
      return <DocumentPart {...part.document} />
    case 'tool-call':
      return <ToolPart title={`Calls ${part.name || 'a tool'}`} id={part.id} value={part.args} isNamed />
    case 'tool-result':
      return <ToolPart title={part.name ? `${part.name} returned` : 'Result'} id={part.id} value={part.value} />
    default:
      return part satisfies never
  }
}

function Words({ text }: { readonly text: string }) {
  return <pre className="font-mono text-sm break-words whitespace-pre-wrap">{text}</pre>
}

function DocumentPart({ data, title, media_type: mime }: { data: string; title?: string; media_type?: string }) {
  return (
    <div className="my-1 rounded-sm border border-line px-2 py-1">
      <p className="text-sm text-soft">{title ?? 'Document'}</p>
      <Words text={mime === 'application/pdf' ? 'PDF' : data} />
    </div>
  )
}

interface ToolPartProps {
  readonly title: string
  readonly id: string
  readonly value: unknown
  /** True for arguments: each is shown under its name. */
  readonly isNamed?: boolean
}

function ToolPart({ title, id, value, isNamed = false }: ToolPartProps) {
  const named = isNamed && typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined
  return (
    <div className="my-1 rounded-sm border border-line px-2 py-1">
      <p className="text-sm text-soft">
        {title} {id !== '' && <span className="text-faint">· {id}</span>}
      </p>
      {named === undefined ? (
        <Words text={wordsOf(value)} />
      ) : (
        <dl className="grid grid-cols-[minmax(0,max-content)_minmax(0,1fr)] gap-x-3 font-mono text-sm">
          {named.map(([name, each]) => (
            <div key={name} className="contents">
              <dt className="break-words text-faint">{name}</dt>
              <dd className="break-words whitespace-pre-wrap">{wordsOf(each)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
}
