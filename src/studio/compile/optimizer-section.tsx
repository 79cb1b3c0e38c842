import { RadioGroup } from 'radix-ui'
import { optimizerKind, optimizerKinds } from '@/engine/optimizers/registry'
import type { JsonObject } from '@/lib/json'
import { setOptimizer, setOptimizerParams } from '@/state/document/edits/project-edits'
import { useOptimizerAdvice } from '@/state/runs/before/optimizer-advice'
import { unknownWords } from '@/state/document/unknown-kinds'
import { useProject } from '@/state/document/project-store'
import { SchemaForm } from '@/ui/schema-form'
import { EffortPresets, hasEfforts } from './effort-presets'
import { SuggestedCard } from './suggested-card'

export function OptimizerSection() {
  const { id, params } = useProject(project => project.optimizer)
  const chosen = optimizerKind(id)
  const found = useOptimizerAdvice()
  const advice = found === 'pending' ? undefined : found
  return (
    <div className="flex flex-col gap-5">
      <SuggestedCard advice={found} />
      {chosen === undefined && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad-text">
          {unknownWords('optimizer', id)} Choose another one to compile; its settings stay in the project until you do.
        </p>
      )}
      <RadioGroup.Root value={id} onValueChange={setOptimizer} aria-label="Optimizer" className="grid gap-2 sm:grid-cols-2">
        {optimizerKinds.map(kind => (
          <RadioGroup.Item
            key={kind.id}
            value={kind.id}
            className="group flex gap-2.5 rounded-lg border border-line px-3 py-2 text-left transition-colors hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
          >
            <span
              aria-hidden="true"
              className="mt-1 size-3.5 shrink-0 rounded-full border border-control group-data-[state=checked]:border-4 group-data-[state=checked]:border-accent"
            />
            <span className="min-w-0">
              <span className="font-medium">{kind.title}</span>
              {kind.dspyName !== kind.title && <span className="block truncate font-mono text-xs text-soft">{kind.dspyName}</span>}
              <span className="mt-0.5 block text-sm text-soft">{kind.help}</span>
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      {chosen && (
        <div>
          <h3 className="text-sm font-semibold">Settings of {chosen.title}</h3>
          <p className="mb-3 text-sm text-faint">{chosen.paper}</p>
          {hasEfforts(chosen) && <EffortPresets kind={chosen} params={params[chosen.id] ?? {}} advice={advice} />}
          <SchemaForm
            schema={hasEfforts(chosen) ? chosen.params.omit({ auto: true }) : chosen.params}
            value={params[chosen.id] ?? {}}
            // The form's controls make JSON values only.
            onChange={value => setOptimizerParams(chosen.id, value as JsonObject)}
          />
        </div>
      )}
    </div>
  )
}
