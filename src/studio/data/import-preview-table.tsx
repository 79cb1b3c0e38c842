import { isFileCell } from '@/lib/cell-types'
import { cutText } from '@/lib/cut-text'
import type { Json } from '@/lib/json'
import type { Column, ColumnType } from '@/engine/project/project'
import { formatCount } from '@/ui/format'
import { Select } from '@/ui/select'
import { TextInput } from '@/ui/text-input'
import { cellText } from '@/engine/data/cell-text'
import { columnTypeNames } from './cell-value'

interface ImportPreviewTableProps {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Json[])[]
  readonly rowCount: number
  readonly onChange: (columnId: string, patch: { readonly name?: string; readonly type?: ColumnType }) => void
}

/** The first rows under their columns; names and guessed types can be put right here. */
export function ImportPreviewTable({ columns, rows, rowCount, onChange }: ImportPreviewTableProps) {
  return (
    <section aria-label="Preview">
      <div className="max-h-80 overflow-auto rounded-lg border border-line">
        <table className="min-w-full border-collapse text-left">
          <thead className="sticky top-0 z-10 bg-sunken">
            <tr>
              {columns.map((column, index) => (
                <th key={column.id} scope="col" className="min-w-44 border-b border-line p-2 align-top font-normal">
                  <TextInput label={`Name of column ${index + 1}`} value={column.name} onChange={name => onChange(column.id, { name })} />
                  <Select
                    className="mt-1"
                    size="sm"
                    label={`Type of ${column.name}`}
                    value={column.type}
                    onChange={type => onChange(column.id, { type })}
                    options={typeOptions}
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, rowIndex) => (
              <tr key={rowIndex} className="border-b border-line last:border-b-0">
                {columns.map((column, index) => (
                  <td key={column.id} className="max-w-80 truncate px-3 py-1.5" title={cutText(cellText(row[index]), 500)}>
                    <PreviewCell value={row[index]} type={column.type} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="mt-1 text-sm text-faint">
        {rows.length < rowCount ? `The first ${rows.length} of ${formatCount(rowCount)} rows. ` : ''}
        Types are guessed from all rows. A value that does not fit its type is kept as it is.
      </p>
    </section>
  )
}

function PreviewCell({ value, type }: { readonly value: Json | undefined; readonly type: ColumnType }) {
  const text = cellText(value)
  if (text === '') return <span className="text-faint">empty</span>
  // Other addresses are asked only when the import is confirmed.
  if (type === 'image' && /^data:image\//i.test(text)) return <img src={text} alt="" className="h-6 max-w-24 object-contain" />
  return isFileCell(type) && text.startsWith('data:') ? `${text.slice(5, text.indexOf(';'))} …` : text
}

const types: readonly ColumnType[] = ['str', 'int', 'float', 'bool', 'json', 'image', 'audio', 'file']
const typeOptions = types.map(value => ({ value, label: columnTypeNames[value] }))
