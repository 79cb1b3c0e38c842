export interface OfferedTool {
  readonly name: string
  readonly description: string
  /** A JSON schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>
}

interface ToolOffersProps {
  readonly tools: readonly OfferedTool[]
  /** The one that has to be called; absent where the model may choose. */
  readonly chosen?: string | undefined
}

/** Tools that go with a request, beside its messages: names and what they do, and unfolded the schemas as they are sent. */
export function ToolOffers({ tools, chosen }: ToolOffersProps) {
  return (
    <details className="mt-1 text-sm">
      <summary className="text-soft">
        {tools.length === 1 ? 'Offers 1 tool' : `Offers ${tools.length} tools`}: {tools.map(({ name }) => name).join(', ')}
        {chosen !== undefined && `. It has to call ${chosen}`}
      </summary>
      <ul aria-label="Tools on offer" className="mt-1 flex flex-col gap-1.5">
        {tools.map(({ name, description, parameters }) => (
          <li key={name} className="rounded-md border border-line bg-sunken px-3 py-2">
            <p>
              <span className="font-mono">{name}</span> {description !== '' && <span className="text-soft">{description}</span>}
            </p>
            <pre className="mt-1 font-mono text-sm break-words whitespace-pre-wrap">{JSON.stringify(parameters, undefined, 2)}</pre>
          </li>
        ))}
      </ul>
    </details>
  )
}
