import { usualErrorShare, usualTryCalls } from '@/engine/project/project'
import { setErrorShare, setRunSettings, setTryCalls } from '@/state/document/edits/project-edits'
import { useProject } from '@/state/document/project-store'
import { FormField } from '@/ui/form-field'
import { formatCount } from '@/ui/format'
import { NumberInput } from '@/ui/number-input'
import { filled } from './filled'

export function RunSection() {
  const run = useProject(project => project.run)
  const setBudget = (patch: Partial<typeof run.budget>) => setRunSettings({ budget: filled({ ...run.budget, ...patch }) })
  return (
    <div className="flex flex-col gap-5">
      <div className="grid grid-cols-2 gap-4 xl:grid-cols-4">
        <FormField label="Calls at the same time" help="LM calls of a run at once. A model's own limit holds, too.">
          <NumberInput
            value={run.concurrency}
            min={1}
            max={256}
            integer
            onChange={value => value !== undefined && setRunSettings({ concurrency: value })}
          />
        </FormField>
        <FormField label="Seed" help="The same seed gives the same run.">
          <NumberInput value={run.seed} min={0} integer onChange={value => value !== undefined && setRunSettings({ seed: value })} />
        </FormField>
        <FormField label="Errors allowed" help="Failed rows after which a run gives up, or the share of rows, whichever is more.">
          <NumberInput
            value={run.maxErrors}
            min={1}
            integer
            onChange={value => value !== undefined && setRunSettings({ maxErrors: value })}
          />
        </FormField>
        <FormField label="Errors allowed, % of rows" help="0: the number alone counts.">
          <NumberInput
            value={run.maxErrorShare === undefined ? undefined : Number((run.maxErrorShare * 100).toFixed(2))}
            min={0}
            max={100}
            placeholder={String(usualErrorShare * 100)}
            onChange={setErrorShare}
          />
        </FormField>
        <FormField label="Calls of a try" help="Most LM calls of one try of a metric or one check of an export. The caps below hold, too.">
          <NumberInput value={run.tryCalls} min={1} integer placeholder={formatCount(usualTryCalls)} onChange={setTryCalls} />
        </FormField>
      </div>
      <fieldset>
        <legend className="mb-1 text-sm font-semibold">Hard caps</legend>
        <p className="mb-3 text-sm text-faint">
          Checked before each request; when one is reached, the run ends and keeps the best. Empty means no cap.
        </p>
        <div className="grid grid-cols-2 gap-4 xl:grid-cols-4">
          <FormField label="LM calls">
            <NumberInput
              value={run.budget.maxCalls}
              min={1}
              integer
              placeholder="no cap"
              onChange={value => setBudget({ maxCalls: value })}
            />
          </FormField>
          <FormField label="Tokens">
            <NumberInput
              value={run.budget.maxTokens}
              min={1}
              step={1000}
              integer
              placeholder="no cap"
              onChange={value => setBudget({ maxTokens: value })}
            />
          </FormField>
          <FormField label="US dollars">
            <NumberInput
              value={run.budget.maxCost}
              min={0.01}
              step={0.5}
              placeholder="no cap"
              onChange={value => setBudget({ maxCost: value })}
            />
          </FormField>
          <FormField label="Minutes">
            <NumberInput
              value={run.budget.maxMs === undefined ? undefined : run.budget.maxMs / 60_000}
              min={0.1}
              placeholder="no cap"
              onChange={value => setBudget({ maxMs: value === undefined ? undefined : Math.round(value * 60_000) })}
            />
          </FormField>
        </div>
      </fieldset>
    </div>
  )
}
