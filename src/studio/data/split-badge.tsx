import type { Split } from '@/engine/data/split'
import { cx } from '@/ui/cx'
import { splitColours } from './split-facts'

export function SplitBadge({ split }: { readonly split: Split }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-sm text-soft">
      <span className={cx('size-2 rounded-full', splitColours[split])} aria-hidden="true" />
      {split}
    </span>
  )
}
