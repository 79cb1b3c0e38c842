import { RotateCcw } from 'lucide-react'
import { useEffect, useMemo, useRef } from 'react'
import { guessMapping } from '@/engine/data/mapping'
import type { Column, DataRow } from '@/engine/project/project'
import type { FieldId } from '@/engine/signature/signature'
import { setMapping } from '@/state/document/edits/project-edits'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { currentProject, useProject } from '@/state/document/project-store'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { PanelSection } from '@/ui/panel'
import { Select } from '@/ui/select'
import { mappedFields, withColumn, type MappedField } from './mapping-facts'

interface MappingPanelProps {
  readonly columns: readonly Column[]
  readonly rows: readonly DataRow[]
  /** The field whose column is to be chosen: it has the focus. */
  readonly wanted?: FieldId | undefined
}

/** Which column feeds which program input, and which one holds the right answer of an output. */
export function MappingPanel({ columns, rows, wanted }: MappingPanelProps) {
  const panel = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const row = panel.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape(wanted ?? '')}"]`)
    row?.scrollIntoView({ block: 'center' })
    row?.querySelector<HTMLElement>('[role="combobox"]')?.focus()
  }, [wanted])
  const graph = useProject(project => project.graph)
  const mapping = useProject(project => project.mapping)
  const fields = useMemo(() => mappedFields(graph, columns, { mapping, rows }), [graph, columns, mapping, rows])
  const used = new Set(fields.map(field => field.column))
  const unused = columns.filter(column => !used.has(column.id))
  return (
    <PanelSection
      title="Columns"
      actions={
        fields.length > 0 && (
          <Button size="sm" variant="ghost" icon={<RotateCcw />} onClick={() => setMapping(guessMapping(graph, columns))}>
            Match by name
          </Button>
        )
      }
    >
      {fields.length === 0 ? (
        <p className="text-soft">
          The program has no Input and Output fields yet.{' '}
          <button type="button" className="text-accent-text underline" onClick={() => goTo(paths.project(currentProject().id))}>
            Add them on the canvas
          </button>
        </p>
      ) : (
        <div ref={panel} className="flex flex-col gap-4">
          <Side title="Program inputs" fields={fields.filter(field => field.side === 'inputs')} columns={columns} />
          <Side title="Labels (right answers)" fields={fields.filter(field => field.side === 'labels')} columns={columns} />
        </div>
      )}
      {unused.length > 0 && (
        <p className="mt-3 text-sm text-faint">Metrics can also read {unused.map(column => column.name).join(', ')} by name.</p>
      )}
    </PanelSection>
  )
}

function Side({
  title,
  fields,
  columns,
}: {
  readonly title: string
  readonly fields: readonly MappedField[]
  readonly columns: readonly Column[]
}) {
  if (fields.length === 0) return null
  return (
    <div role="group" aria-label={title}>
      <h4 className="mb-1 text-sm text-faint">{title}</h4>
      <ul className="flex flex-col gap-1.5">
        {fields.map(mapped => (
          <MappingRow key={mapped.field.id} mapped={mapped} columns={columns} />
        ))}
      </ul>
    </div>
  )
}

function MappingRow({ mapped, columns }: { readonly mapped: MappedField; readonly columns: readonly Column[] }) {
  const { field, side, column, isGuessed, problem } = mapped
  return (
    <li data-field={field.id}>
      <div className="flex items-center gap-2">
        <span className="w-28 min-w-0 shrink-0 truncate font-mono text-sm" title={field.name}>
          {field.name}
        </span>
        <Select
          label={`Column for ${field.name}`}
          value={column ?? none}
          onChange={next => setMapping(withColumn(currentProject().mapping, mapped, next === none ? undefined : next))}
          options={[
            { value: none, label: side === 'inputs' ? 'No column' : 'No label' },
            ...columns.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        {isGuessed && <Badge tone="warn">guessed</Badge>}
      </div>
      {problem !== undefined && <p className="mt-0.5 text-sm text-warn-text">{problem}</p>}
    </li>
  )
}

const none = ''
