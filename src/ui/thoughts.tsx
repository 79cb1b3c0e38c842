/** What a model thought before its answer, folded: it is not part of what the program reads. */
export function Thoughts({ text }: { readonly text: string }) {
  if (text === '') return null
  return (
    <details className="mb-1.5 rounded-md border border-line text-sm">
      <summary className="rounded-md px-3 py-1 text-soft hover:bg-hover">
        Thoughts <span className="text-faint">· {text.length.toLocaleString('en-US')} characters, no part of the answer</span>
      </summary>
      <pre className="px-3 pb-2 font-mono text-sm break-words whitespace-pre-wrap text-soft">{text}</pre>
    </details>
  )
}
