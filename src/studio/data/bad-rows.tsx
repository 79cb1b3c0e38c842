import { TriangleAlert } from 'lucide-react'
import { formatCount } from '@/ui/format'
import type { ImportIssue } from '@/worker/api'

/** Rows that will be left out, with the place and the reason. */
export function BadRows({ count, rows }: { readonly count: number; readonly rows: readonly ImportIssue[] }) {
  if (count === 0) return null
  return (
    <details open className="rounded-lg border border-line bg-warn-soft p-3">
      <summary className="font-medium text-warn-text">
        <TriangleAlert className="mr-1.5 inline size-4 align-text-bottom" aria-hidden="true" />
        {count === 1 ? '1 row cannot be read and is left out' : `${formatCount(count)} rows cannot be read and are left out`}
      </summary>
      <ul className="mt-2 max-h-40 overflow-auto">
        {rows.map((row, index) => (
          <li key={index} className="py-0.5 text-sm">
            <span className="tabular font-medium">Line {row.line}:</span> {row.reason}{' '}
            {row.text !== '' && <code className="font-mono text-xs break-all text-soft">{row.text}</code>}
          </li>
        ))}
      </ul>
      {rows.length < count && <p className="mt-1 text-sm text-soft">The first {rows.length} are shown.</p>}
    </details>
  )
}
