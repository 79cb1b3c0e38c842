import type { OptimizerKind } from '@/engine/optimizers/optimizer'
import { effortsOf, type Effort } from '@/engine/advice/recommend'
import type { JsonObject } from '@/lib/json'
import { takeOptimizer } from '@/state/edits/project-edits'
import type { OptimizerAdvice } from '@/state/optimizer-advice'
import { cx } from '@/ui/cx'
import { callsAndCost } from './calls-words'

interface EffortPresetsProps {
  readonly kind: OptimizerKind
  readonly params: JsonObject
  readonly advice: OptimizerAdvice | undefined
}

/** Light, medium or heavy in one press, each with what it takes on these rows. Nothing for optimizers without such a setting. */
export function EffortPresets({ kind, params, advice }: EffortPresetsProps) {
  const efforts = effortsOf(kind)
  if (efforts.length === 0) return null
  const chosen = kind.params.safeParse(params).data?.['auto'] ?? params['auto']
  return (
    <div role="group" aria-label="Presets" className="mb-4 grid grid-cols-3 gap-2">
      {efforts.map(effort => {
        const { preset, calls } = presetFor(effort, { kind, params, advice })
        return (
          <button
            key={effort}
            type="button"
            aria-pressed={chosen === effort}
            onClick={() => takeOptimizer(kind.id, preset)}
            className={cx(
              'flex flex-col items-start rounded-lg border px-3 py-1.5 text-left transition-colors hover:bg-hover',
              chosen === effort ? 'border-accent bg-accent-soft' : 'border-line',
            )}
          >
            <span className="font-medium">{titles[effort]}</span>
            <span className="text-sm text-soft tabular">
              {calls === undefined ? 'cannot start on these rows' : callsAndCost(calls, advice?.cost(calls))}
            </span>
          </button>
        )
      })}
    </div>
  )
}

/** The other settings stay where they go with the preset. */
function presetFor(
  auto: Effort,
  { kind, params, advice }: EffortPresetsProps,
): { readonly preset: JsonObject; readonly calls: number | undefined } {
  const kept = advice?.plan(kind, { ...params, auto })
  const plan = kept ?? advice?.plan(kind, { auto })
  return { preset: plan?.params ?? { ...params, auto }, calls: plan?.calls.expected }
}

const titles: Readonly<Record<Effort, string>> = { light: 'Light', medium: 'Medium', heavy: 'Heavy' }
