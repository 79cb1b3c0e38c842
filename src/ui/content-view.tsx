import type { BlobName, FileName } from './blob-source'
import { FileView } from './file-view'
import { Thoughts } from './thoughts'

/** A piece of a message, as far as it can be shown. */
export type ContentPart =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly args: unknown }
  | { readonly type: 'tool-result'; readonly id: string; readonly value: unknown }
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
      return <ToolPart title={`Calls ${part.name || 'a tool'}`} id={part.id} value={part.args} />
    case 'tool-result':
      return <ToolPart title="Result" id={part.id} value={part.value} />
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

function ToolPart({ title, id, value }: { readonly title: string; readonly id: string; readonly value: unknown }) {
  return (
    <div className="my-1 rounded-sm border border-line px-2 py-1">
      <p className="text-sm text-soft">
        {title} <span className="text-faint">· {id}</span>
      </p>
      <Words text={typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)} />
    </div>
  )
}
