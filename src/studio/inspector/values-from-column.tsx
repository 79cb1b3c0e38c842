import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { alikeValues, mostLiteralValues } from '@/engine/data/literal-values'
import { useProject } from '@/state/document/project-store'
import { engine } from '@/state/session/engine-client'
import { errorSentence } from '@/state/session/notices'
import { useDataset } from '@/state/session/queries'
import { announce } from '@/ui/announcer'
import { Button } from '@/ui/button'
import { Popover } from '@/ui/popover'
import { Spinner } from '@/ui/spinner'
import type { ColumnValues } from '@/worker/api'

interface ValuesFromColumnProps {
  /** Of what these are the values; read aloud. */
  readonly name: string
  readonly onTake: (values: readonly (string | number)[]) => void
}

/** Takes the options of a Literal from a column of the dataset. */
export function ValuesFromColumn({ name, onTake }: ValuesFromColumnProps) {
  const [isOpen, setOpen] = useState(false)
  const hasData = useProject(project => project.datasetId !== undefined)
  if (!hasData) return null
  const take = (column: ColumnValues['columns'][number]) => {
    onTake(column.values.map(({ value }) => value))
    announce(`${name} has the ${column.values.length} values of ${column.name}`)
    setOpen(false)
  }
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      label={`Values of ${name} from a column`}
      trigger={
        <Button size="sm" variant="ghost" className="self-start">
          Values from column…<span className="sr-only"> for {name}</span>
        </Button>
      }
    >
      {isOpen && <Columns onTake={take} />}
    </Popover>
  )
}

function Columns({ onTake }: { readonly onTake: (column: ColumnValues['columns'][number]) => void }) {
  const datasetId = useProject(project => project.datasetId) ?? ''
  const { data: dataset } = useDataset(datasetId)
  const { data, error } = useQuery({
    queryKey: ['column-values', datasetId, dataset?.updatedAt],
    queryFn: () => engine().columnValues(datasetId),
    enabled: dataset !== undefined,
  })
  if (error) return <p className="text-bad-text">{errorSentence(error)}</p>
  if (data === undefined) return <Spinner label="Reading the rows" />
  return (
    <>
      <ul className="flex max-h-72 flex-col gap-1 overflow-y-auto">
        {data.columns.map(column => (
          <li key={column.name}>
            <button
              type="button"
              className="w-full rounded-md px-2 py-1 text-left hover:bg-hover"
              aria-label={`Take the ${column.values.length} values of ${column.name}`}
              onClick={() => onTake(column)}
            >
              <span className="flex items-baseline justify-between gap-2">
                <span className="min-w-0 truncate font-medium">{column.name}</span>
                <span className="shrink-0 text-sm text-faint tabular">
                  {column.values.length === 1 ? '1 value' : `${column.values.length} values`}
                </span>
              </span>
              <span className="block truncate font-mono text-xs text-soft">{column.values.map(({ value }) => value).join(', ')}</span>
              <Alike values={column.values.map(({ value }) => value)} />
            </button>
          </li>
        ))}
      </ul>
      {data.columns.length === 0 && <p>No column has few values.</p>}
      <p className="mt-2 text-sm text-faint">
        They take the place of the present ones, the most frequent first.{' '}
        {data.others > 0 &&
          `Columns with more than ${mostLiteralValues} different values, or with texts that appear only once, are not listed.`}
      </p>
    </>
  )
}

function Alike({ values }: { readonly values: readonly (string | number)[] }) {
  const [first, ...others] = alikeValues(values)
  if (first === undefined) return null
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  return (
    <span className="block text-sm text-warn-text">
      Some look alike: {first.map(value => `"${value}"`).join(' and ')}
      {more}. Correct the rows first, or the model has to guess.
    </span>
  )
}
