import { ContentView, type ContentPart } from './content-view'

/** What a model answered, without its thoughts. */
export function AnswerBox({ content }: { readonly content: string | readonly ContentPart[] }) {
  return (
    <div className="rounded-md border border-line bg-sunken px-3 py-2">
      {content === '' ? <p className="text-sm text-faint">The model answered nothing.</p> : <ContentView content={content} />}
    </div>
  )
}
