import { positionOf, type DecidedRow, flips } from '@/engine/evaluate/decided-rows'
import { labelsOf, type Decision, type DecisionSettings } from '@/engine/signature/decisions/decision'
import { thresholdsOf } from '@/engine/signature/decisions/settings'
import { StripChart, type StripPoint } from '@/ui/charts/strip-chart'
import { NumberInput } from '@/ui/number-input'
import { Slider } from '@/ui/slider'

interface DecisionChartsProps {
  readonly decision: Decision
  /** As the rows were decided. */
  readonly before?: Decision
  readonly rows: readonly DecidedRow[]
  readonly onChange: (settings: DecisionSettings) => void
}

/** The numbers of a decision, each with the rows on its scale: those that another value would decide otherwise lie between. */
export function DecisionCharts({ decision, before = decision, rows, onChange }: DecisionChartsProps) {
  const { field, type, settings } = decision
  const set = thresholdsOf(type, settings)
  const points = pointsOf(decision, before, rows)
  switch (set.kind) {
    case 'noul':
      return (
        <>
          <Bound
            label={`Threshold of ${field.name}`}
            shown="Yes from"
            value={set.threshold}
            domain={[0, 1]}
            onChange={threshold => onChange({ ...settings, threshold })}
          />
          {rows.length > 0 && (
            <StripChart label={`Probability that ${field.name} is true`} points={points()} marks={[set.threshold]} domain={[0, 1]} />
          )}
        </>
      )
    case 'score': {
      const top = set.cuts.length
      return (
        <>
          {set.cuts.map((cut, at) => (
            <Bound
              key={at}
              label={`Cut to level ${at + 1} of ${field.name}`}
              shown={`Level ${at + 1} from`}
              value={cut}
              domain={[0, top]}
              between={[set.cuts[at - 1] ?? 0, set.cuts[at + 1] ?? top]}
              onChange={next => onChange({ ...settings, cuts: set.cuts.with(at, next) })}
            />
          ))}
          {rows.length > 0 && <StripChart label={`Mean level of ${field.name}`} points={points()} marks={set.cuts} domain={[0, top]} />}
        </>
      )
    }
    case 'choice':
      return labelsOf(type).map(option => (
        <div key={option} className="decision-weight">
          <Weight
            label={`Weight of ${option} in ${field.name}`}
            shown={option}
            value={set.weights[option] ?? 1}
            onChange={weight => onChange({ ...settings, weights: { ...settings.weights, [option]: weight } })}
          />
          {rows.length > 0 && (
            <StripChart
              label={`Weight from which on ${field.name} is ${option}`}
              points={points(option)}
              marks={[set.weights[option] ?? 1]}
              domain={weightScale}
              isLog
            />
          )}
        </div>
      ))
  }
}

const weightScale = [0.01, 100] as const

/** Where each row lies, the flipped ones marked by what the row says of them. */
function pointsOf(decision: Decision, before: Decision, rows: readonly DecidedRow[]): (option?: string) => readonly StripPoint[] {
  const flipped = new Map(flips(rows, before, decision).map(flip => [flip.row, flip]))
  return option =>
    rows.flatMap((row): readonly StripPoint[] => {
      const at = positionOf(decision, row.evidence, option)
      if (at === undefined) return []
      const flip = flipped.get(row)
      const tone = flip === undefined ? 'plain' : flip.verdict === 'fixed' ? 'good' : flip.verdict === 'broken' ? 'bad' : 'marked'
      return [{ at, tone, title: `${row.exampleId}: ${at.toFixed(2)}` }]
    })
}

interface BoundProps {
  /** Read aloud. */
  readonly label: string
  readonly shown: string
  readonly value: number
  readonly onChange: (value: number) => void
}

/** A number on a scale; `between` keeps it apart from its neighbours. */
function Bound({
  label,
  shown,
  value,
  domain: [low, high],
  between,
  onChange,
}: BoundProps & { readonly domain: readonly [number, number]; readonly between?: readonly [number, number] }) {
  const least = between ? rounded(between[0] + step) : low
  const most = between ? rounded(between[1] - step) : high
  const move = (next: number) => onChange(rounded(Math.min(most, Math.max(least, next))))
  return (
    <div className="decision-bound">
      <span aria-hidden>{shown}</span>
      <Slider label={label} value={value} min={low} max={high} step={step} onChange={move} />
      <NumberInput
        label={`${label}, as a number`}
        value={value}
        min={least}
        max={most}
        step={step}
        onChange={next => next !== undefined && onChange(next)}
      />
    </div>
  )
}

/** A weight, by factors; 0 can be typed. */
function Weight({ label, shown, value, onChange }: BoundProps) {
  return (
    <div className="decision-bound">
      <span className="min-w-0 truncate" title={shown} aria-hidden>
        {shown}
      </span>
      <Slider
        label={label}
        value={Math.log10(Math.min(weightScale[1], Math.max(weightScale[0], value)))}
        valueText={String(value)}
        min={-2}
        max={2}
        step={0.05}
        onChange={power => onChange(rounded(10 ** power))}
      />
      <NumberInput
        label={`${label}, as a number`}
        value={value}
        min={0}
        step={0.1}
        onChange={next => next !== undefined && onChange(next)}
      />
    </div>
  )
}

const step = 0.01

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
