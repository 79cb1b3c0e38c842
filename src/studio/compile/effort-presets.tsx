import type { OptimizerKind } from '@/engine/optimizers/kit/optimizer'
import { effortsOf, type Effort, type PlannedCalls } from '@/engine/advice/recommend'
import type { JsonObject } from '@/lib/json'
import { takeOptimizer } from '@/state/document/edits/project-edits'
import type { OptimizerAdvice } from '@/state/runs/before/optimizer-advice'
import { cx } from '@/ui/cx'
import { callsAndCost } from './calls-words'

interface EffortPresetsProps {
  readonly kind: OptimizerKind
  readonly params: JsonObject
  readonly advice: OptimizerAdvice | undefined
}

/** Light, medium or heavy in one press, each with what it takes on these rows; or numbers of one's own. */
export function EffortPresets({ kind, params, advice }: EffortPresetsProps) {
  const chosen = kind.params.safeParse(params).data?.['auto'] ?? params['auto']
  return (
    <div role="group" aria-label="Effort" className="mb-4 grid grid-cols-2 gap-2 xl:grid-cols-4">
      {effortsOf(kind).map(effort => {
        const { preset, plan } = presetFor(effort, { kind, params, advice })
        const words = plan ? callsAndCost(plan.calls.expected, advice?.cost(plan)) : 'cannot start on these rows'
        return (
          <Choice
            key={effort}
            title={titles[effort]}
            isChosen={chosen === effort}
            words={advice ? words : ''}
            onChoose={() => takeOptimizer(kind.id, preset)}
          />
        )
      })}
      <Choice
        title="Manual"
        isChosen={chosen === manual}
        words="numbers of your own"
        onChoose={() => takeOptimizer(kind.id, { ...params, auto: manual })}
      />
    </div>
  )
}

interface ChoiceProps {
  readonly title: string
  readonly words: string
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function Choice({ title, words, isChosen, onChoose }: ChoiceProps) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className={cx(
        'flex flex-col items-start rounded-lg border px-3 py-1.5 text-left transition-colors',
        isChosen ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover',
      )}
    >
      <span className="font-medium">{title}</span>
      <span className="text-sm text-soft tabular">{words}</span>
    </button>
  )
}

/** Whether these buttons can stand for the whole setting `auto`. */
export function hasEfforts(kind: OptimizerKind): boolean {
  return effortsOf(kind).length > 0 && kind.params.safeParse({ auto: manual }).success
}

const manual = 'manual'

/** The other settings stay where they go with the preset. */
function presetFor(
  auto: Effort,
  { kind, params, advice }: EffortPresetsProps,
): { readonly preset: JsonObject; readonly plan: PlannedCalls | undefined } {
  const plan = advice?.plan(kind, { ...params, auto }) ?? advice?.plan(kind, { auto })
  return { preset: plan?.params ?? { ...params, auto }, plan }
}

const titles: Readonly<Record<Effort, string>> = { light: 'Light', medium: 'Medium', heavy: 'Heavy' }
