import { TriangleAlert } from 'lucide-react'
import { useDeferredValue, useMemo } from 'react'
import type { ExampleId } from '@/engine/base/example'
import { countSplits, splits, type Split } from '@/engine/data/split'
import type { Column, DataRow } from '@/engine/project/project'
import { wholePercent } from '@/lib/percent'
import { setSplit } from '@/state/document/edits/project-edits'
import { useProject } from '@/state/document/project-store'
import { FormField } from '@/ui/form-field'
import { NumberInput } from '@/ui/number-input'
import { PanelSection } from '@/ui/panel'
import { DuplicatesNote } from './duplicates-note'
import { SplitBar } from './split-bar'
import { splitHelp, splitShare, splitTitles, splitWarnings } from './split-facts'

interface SplitPanelProps {
  readonly columns: readonly Column[]
  readonly rows: readonly DataRow[]
  readonly onShowSplit: (split: Split) => void
  readonly onShowDuplicates: (ids: ReadonlySet<ExampleId>) => void
}

/** How the rows are shared out. A row's place depends on its id and the seed alone, so new rows move no old ones. */
export function SplitPanel({ columns, rows, onShowSplit, onShowDuplicates }: SplitPanelProps) {
  const split = useProject(project => project.split)
  const counts = useMemo(
    () =>
      countSplits(
        rows.map(row => row.id),
        split,
      ),
    [rows, split],
  )
  const deferredSplit = useDeferredValue(split)
  const warnings = rows.length === 0 ? [] : splitWarnings(counts)
  return (
    <PanelSection title="Split">
      <SplitBar counts={counts} onShowSplit={onShowSplit} />
      <div className="mt-3 grid grid-cols-4 gap-2">
        {splits.map(name => (
          <FormField
            key={name}
            label={splitTitles[name]}
            aside={<span className="text-xs text-faint tabular">{wholePercent(splitShare(split, name))}</span>}
          >
            <NumberInput value={split[name]} min={0} step={5} onChange={share => setSplit({ ...split, [name]: share ?? 0 })} />
          </FormField>
        ))}
        <FormField label="Seed">
          <NumberInput integer value={split.seed} onChange={seed => setSplit({ ...split, seed: seed ?? 0 })} />
        </FormField>
      </div>
      <ul className="mt-2 text-sm text-faint">
        {splits.map(name => (
          <li key={name}>
            <span className="font-medium text-soft">{splitTitles[name]}:</span> {splitHelp[name]}
          </li>
        ))}
      </ul>
      {warnings.length > 0 && (
        <div role="status">
          <ul className="mt-2 flex flex-col gap-1">
            {warnings.map(warning => (
              <li key={warning} className="flex gap-1.5 text-sm text-warn-text">
                <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden="true" />
                {warning}
              </li>
            ))}
          </ul>
        </div>
      )}
      <DuplicatesNote columns={columns} rows={rows} split={deferredSplit} onShow={onShowDuplicates} />
    </PanelSection>
  )
}
