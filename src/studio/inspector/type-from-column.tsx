import { classNameFor, typeOfValues } from '@/engine/data/type-of-values'
import type { ClassType, FieldType } from '@/engine/signature/types/field-type'
import { useProject } from '@/state/document/project-store'
import { useDataset, useDatasetRows } from '@/state/session/queries'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { Menu } from '@/ui/menu'
import { Button } from '@/ui/button'

/** Makes a type of the objects in a column of the dataset. Nothing where no column holds any. */
export function TypeFromColumn({ onTake }: { readonly onTake: (type: ClassType) => void }) {
  const datasetId = useProject(project => project.datasetId)
  const { data: dataset } = useDataset(datasetId)
  const { data: rows } = useDatasetRows(datasetId)
  const columns = (dataset?.columns ?? []).flatMap(({ id, name }) => {
    const cells = (rows ?? []).slice(0, mostRows).map(row => objectIn(row.cells[id] ?? null))
    const type = cells.some(isJsonObject) ? classIn(typeOfValues(cells, classNameFor(name))) : undefined
    return type ? [{ id, name, type }] : []
  })
  if (columns.length === 0) return null
  return (
    <Menu
      trigger={
        <Button size="sm" variant="ghost">
          Make a type from a column…
        </Button>
      }
      items={columns.map(({ id, name, type }) => ({
        id,
        label: name,
        hint:
          type.kind === 'class'
            ? type.fields
                .map(field => field.name)
                .join(', ')
                .slice(0, 60)
            : '',
        onSelect: () => onTake(type),
      }))}
    />
  )
}

/** So many say what the objects of a column have. */
const mostRows = 2000

/** A cell of text may hold the JSON of an object. */
function objectIn(cell: Json): Json {
  if (typeof cell !== 'string' || !/^\s*[[{]/.test(cell)) return cell
  const read = parseJson(cell)
  return read.ok ? read.value : cell
}

/** The class that all cells are, or that their lists hold. */
function classIn(type: FieldType): ClassType | undefined {
  if (type.kind === 'class') return type
  return type.kind === 'optional' || type.kind === 'list' ? classIn(type.of) : undefined
}
