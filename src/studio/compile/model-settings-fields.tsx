import type { LmSettings, ModelSpec } from '@/engine/lm/lm'
import { traitsOf } from '@/engine/providers/registry'
import { FormField } from '@/ui/form-field'
import { NumberInput } from '@/ui/number-input'
import { filled } from './filled'

interface ModelSettingsFieldsProps {
  readonly draft: ModelSpec
  readonly onChange: (change: Partial<ModelSpec>) => void
}

/** Sampling settings, price and limits. What stays empty is not sent, not assumed and not limited. */
export function ModelSettingsFields({ draft, onChange }: ModelSettingsFieldsProps) {
  const { settings, price, limits } = draft
  const setSettings = (change: Partial<LmSettings>) => onChange({ settings: filled({ ...settings, ...change }) })
  const setLimits = (change: Partial<NonNullable<ModelSpec['limits']>>) => onChange({ limits: filled({ ...limits, ...change }) })
  const setPrice = (change: { readonly input?: number; readonly output?: number }) => {
    const next = { input: price?.input, output: price?.output, ...change }
    onChange({
      price: next.input === undefined && next.output === undefined ? undefined : { input: next.input ?? 0, output: next.output ?? 0 },
    })
  }
  return (
    <>
      <fieldset className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        <legend className="mb-2 text-sm font-semibold">Settings</legend>
        <FormField label="Temperature">
          <NumberInput
            value={settings.temperature}
            min={0}
            max={2}
            step={0.1}
            placeholder="its own"
            onChange={temperature => setSettings({ temperature })}
          />
        </FormField>
        <FormField label="Max tokens">
          <NumberInput
            value={settings.maxTokens}
            min={1}
            step={100}
            integer
            placeholder="its own"
            onChange={maxTokens => setSettings({ maxTokens })}
          />
        </FormField>
        <FormField label="Top p">
          <NumberInput value={settings.topP} min={0} max={1} step={0.05} placeholder="its own" onChange={topP => setSettings({ topP })} />
        </FormField>
        <FormField label="Seed">
          <NumberInput value={settings.seed} min={0} integer placeholder="none" onChange={seed => setSettings({ seed })} />
        </FormField>
      </fieldset>
      {traitsOf(draft).addressed && (
        <fieldset className="grid grid-cols-2 gap-4 sm:grid-cols-5">
          <legend className="mb-2 text-sm font-semibold">Price and limits</legend>
          <FormField label="$ per million in">
            <NumberInput value={price?.input} min={0} step={0.1} placeholder="unknown" onChange={input => setPrice({ input })} />
          </FormField>
          <FormField label="$ per million out">
            <NumberInput value={price?.output} min={0} step={0.1} placeholder="unknown" onChange={output => setPrice({ output })} />
          </FormField>
          <FormField label="Calls at once">
            <NumberInput
              value={limits?.concurrency}
              min={1}
              max={512}
              integer
              placeholder="found out"
              onChange={concurrency => setLimits({ concurrency })}
            />
          </FormField>
          <FormField label="Requests a minute">
            <NumberInput
              value={limits?.requestsPerMinute}
              min={1}
              integer
              placeholder="no limit"
              onChange={requestsPerMinute => setLimits({ requestsPerMinute })}
            />
          </FormField>
          <FormField label="Tokens a minute">
            <NumberInput
              value={limits?.tokensPerMinute}
              min={1}
              step={1000}
              integer
              placeholder="no limit"
              onChange={tokensPerMinute => setLimits({ tokensPerMinute })}
            />
          </FormField>
        </fieldset>
      )}
    </>
  )
}
