import { Plus } from 'lucide-react'
import { openBlank } from './gallery-actions'

export function BlankCard() {
  return (
    <button
      type="button"
      onClick={() => void openBlank()}
      className="flex w-full flex-col items-center justify-center gap-2 rounded-xl border border-dashed border-line-strong p-6 text-center transition-colors hover:border-accent hover:bg-surface"
    >
      <span className="flex size-9 items-center justify-center rounded-full bg-pressed text-soft">
        <Plus className="size-5" aria-hidden="true" />
      </span>
      <span className="text-lg font-semibold">Blank</span>
      <span className="text-soft">An empty canvas. Add nodes, wire fields, bring your own data.</span>
    </button>
  )
}
