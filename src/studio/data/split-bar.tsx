import { splits, type Split } from '@/engine/data/split'
import { cx } from '@/ui/cx'
import { formatCount } from '@/ui/format'
import { splitColours, splitTitles, type SplitCounts } from './split-facts'

interface SplitBarProps {
  readonly counts: SplitCounts
  readonly onShowSplit: (split: Split) => void
}

/** Three segments as wide as their counts; each shows its rows in the table. */
export function SplitBar({ counts, onShowSplit }: SplitBarProps) {
  const total = counts.train + counts.val + counts.test
  return (
    <div>
      <div className="flex h-3 gap-0.5 overflow-hidden rounded-full bg-pressed" aria-hidden="true">
        {splits.map(
          name =>
            counts[name] > 0 && <span key={name} className={splitColours[name]} style={{ width: `${(counts[name] / total) * 100}%` }} />,
        )}
      </div>
      <div className="mt-1.5 flex justify-between gap-1">
        {splits.map(name => (
          <button
            key={name}
            type="button"
            aria-label={`Show the ${counts[name]} ${name} rows`}
            onClick={() => onShowSplit(name)}
            className="flex items-center gap-1.5 rounded-sm px-1 hover:bg-hover"
          >
            <span className={cx('size-2 rounded-full', splitColours[name])} aria-hidden="true" />
            <span className="text-soft">{splitTitles[name]}</span>
            <span className="font-medium tabular">{formatCount(counts[name])}</span>
          </button>
        ))}
      </div>
    </div>
  )
}
