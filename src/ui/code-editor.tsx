import { cx } from './cx'
import { useFieldProps } from './form-field'
import { whenShown } from './when-shown'

export interface CodeEditorProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly language: 'javascript' | 'json' | 'text'
  readonly label: string
  readonly readOnly?: boolean
  /** Pixels. */
  readonly minHeight?: number
  /** Mod+Enter. */
  readonly onRun?: () => void
  readonly className?: string
}

/** Source text. Tab indents; Escape, then Tab, leaves. The editor itself is fetched when first shown. */
export function CodeEditor({ className, minHeight = 120, ...rest }: CodeEditorProps) {
  const field = useFieldProps()
  return (
    <div
      className={cx(
        'overflow-hidden rounded-md border border-control bg-surface font-mono text-sm focus-within:border-accent focus-within:outline-1 focus-within:outline-accent',
        field['aria-invalid'] && 'border-bad',
        className,
      )}
      style={{ minHeight }}
    >
      <CodeMirror {...rest} minHeight={minHeight} describedBy={field['aria-describedby']} />
    </div>
  )
}

const CodeMirror = whenShown(
  async () => (await import('./code-mirror')).CodeMirror,
  ({ value }) => <pre className="px-2 py-1.5 leading-5 whitespace-pre-wrap text-soft">{value}</pre>,
)
