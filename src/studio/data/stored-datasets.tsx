import { setDataset } from '@/state/document/edits/project-edits'
import { useDatasets } from '@/state/session/queries'
import { Button } from '@/ui/button'
import { formatCount } from '@/ui/format'

/** Datasets that other projects, or this one before, brought into this browser. */
export function StoredDatasets() {
  const { data = [] } = useDatasets()
  if (data.length === 0) return null
  return (
    <section aria-label="Datasets in this browser" className="w-full max-w-md px-6 pb-8">
      <h3 className="mb-2 text-sm font-semibold text-soft">Or use one that is in this browser already</h3>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {data.slice(0, 8).map(dataset => (
          <li key={dataset.id} className="flex items-center gap-2 px-3 py-1.5">
            <span className="min-w-0 flex-1 truncate">{dataset.name}</span>
            <span className="tabular text-sm text-faint">{formatCount(dataset.rowCount)} rows</span>
            <Button size="sm" aria-label={`Use ${dataset.name}`} onClick={() => void setDataset(dataset.id)}>
              Use
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
