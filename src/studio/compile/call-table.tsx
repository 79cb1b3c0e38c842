import type { CallRange } from '@/engine/lm/call-range'
import { formatCount } from '@/ui/format'

interface CallRow {
  readonly name: string
  readonly calls: CallRange
}

interface CallTableProps {
  /** What the rows are, above their names. */
  readonly heading: string
  readonly rows: readonly CallRow[]
  readonly total: CallRow
}

/** Numbers of LM calls, each with the range it can fall in. */
export function CallTable({ heading, rows, total }: CallTableProps) {
  return (
    <table className="w-full text-sm tabular">
      <thead className="text-faint">
        <tr>
          <th scope="col" className="pb-1 text-left font-normal">
            {heading}
          </th>
          <th scope="col" className="pb-1 text-right font-normal">
            least
          </th>
          <th scope="col" className="pb-1 text-right font-normal">
            likely
          </th>
          <th scope="col" className="pb-1 text-right font-normal">
            most
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <Row key={index} row={row} />
        ))}
      </tbody>
      <tfoot className="border-t border-line font-medium">
        <Row row={total} />
      </tfoot>
    </table>
  )
}

function Row({ row: { name, calls } }: { readonly row: CallRow }) {
  return (
    <tr>
      <th scope="row" className="py-0.5 text-left font-normal break-words">
        {name}
      </th>
      <td className="py-0.5 text-right">{formatCount(calls.low)}</td>
      <td className="py-0.5 text-right">{formatCount(calls.expected)}</td>
      <td className="py-0.5 text-right">{formatCount(calls.high)}</td>
    </tr>
  )
}
