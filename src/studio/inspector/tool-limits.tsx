import { Checkbox } from '@/ui/checkbox'
import { FormField } from '@/ui/form-field'
import { NumberInput } from '@/ui/number-input'

interface Limits {
  readonly timeoutMs: number
  readonly mostBytes: number
  readonly repeatable: boolean
}

/** How long a tool may take, how much it may answer, and what becomes of a call that was cut off. */
export function ToolLimits({
  limits,
  onType,
}: {
  readonly limits: Limits
  readonly onType: (place: string, change: Partial<Limits>) => void
}) {
  return (
    <>
      <div className="field-line">
        <FormField label="Longest wait, in seconds">
          <NumberInput
            min={0.1}
            max={300}
            value={limits.timeoutMs / 1000}
            onChange={seconds => seconds !== undefined && onType('timeoutMs', { timeoutMs: Math.round(seconds * 1000) })}
          />
        </FormField>
        <FormField label="Longest answer, in bytes">
          <NumberInput
            integer
            min={100}
            max={1_000_000}
            value={limits.mostBytes}
            onChange={mostBytes => mostBytes !== undefined && onType('mostBytes', { mostBytes })}
          />
        </FormField>
      </div>
      <FormField label="Interrupted calls" help="A run that was cut off in the middle of a call cannot know whether the call did its work.">
        <Checkbox
          checked={limits.repeatable}
          onChange={repeatable => onType('repeatable', { repeatable })}
          label="Call again: calling twice does no harm"
        />
      </FormField>
    </>
  )
}
