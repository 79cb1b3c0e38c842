import type { CallRange } from '@/engine/lm/call-range'
import { formatCount } from '@/ui/format'

interface CallRow {
  readonly name: string
  readonly calls: CallRange
}

/** A row whose likely number may be unknown. */
interface BesideRow {
  readonly name: string
  readonly calls: Omit<CallRange, 'expected'> & { readonly expected?: number }
}

interface CallTableProps {
  /** What the rows are, above their names. */
  readonly heading: string
  readonly rows: readonly CallRow[]
  readonly total: CallRow
  /** Below the sum and no part of it. */
  readonly beside?: BesideRow | undefined
}

/** Numbers of LM calls, each with the range it can fall in. */
export function CallTable({ heading, rows, total, beside }: CallTableProps) {
  return (
    <table className="w-full text-sm tabular">
      <thead className="text-faint">
        <tr>
          <th scope="col" className="pb-1 text-left font-normal">
            {heading}
          </th>
          <th scope="col" className="pb-1 pl-2 text-right font-normal">
            least
          </th>
          <th scope="col" className="pb-1 pl-2 text-right font-normal">
            likely
          </th>
          <th scope="col" className="pb-1 pl-2 text-right font-normal">
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
        {beside && <Row row={beside} />}
      </tfoot>
    </table>
  )
}

function Row({ row: { name, calls } }: { readonly row: BesideRow }) {
  return (
    <tr>
      <th scope="row" className="py-0.5 text-left font-normal break-words">
        {name}
      </th>
      <td className="py-0.5 pl-2 text-right align-bottom">{formatCount(calls.low)}</td>
      <td className="py-0.5 pl-2 text-right align-bottom">{calls.expected === undefined ? 'unknown' : formatCount(calls.expected)}</td>
      <td className="py-0.5 pl-2 text-right align-bottom">{formatCount(calls.high)}</td>
    </tr>
  )
}
