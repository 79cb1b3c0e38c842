import type { Json } from '@/lib/json'
import { shownTurns } from '@/state/runs/shown-turns'
import { Trajectory } from '@/ui/trajectory'
import type { Example } from '@/engine/base/example'
import type { Rollout } from '@/engine/evaluate/rollout'
import { valueText } from '@/engine/blobs/blob-ref'
import { pick } from '@/state/runs/value-text'
import { ValueList } from './value-list'

interface RowCardProps {
  readonly example: Example | undefined
  readonly rollout: Rollout
}

function Predicted({ value }: { readonly value: Json }) {
  const turns = shownTurns(value)
  return turns === undefined ? valueText(value) : <Trajectory turns={turns} />
}

/** What went in, and what came out beside what was known to be right. */
export function RowCard({ example, rollout }: RowCardProps) {
  const outputs = Object.keys(rollout.prediction ?? {})
  const labels = example?.labels ?? {}
  // A row that failed has no outputs: its labels stand alone.
  const shared = outputs.length > 0 ? outputs : Object.keys(labels)
  const others = pick(
    labels,
    Object.keys(labels).filter(name => !shared.includes(name)),
  )
  return (
    <section aria-label="Row" className="rounded-lg border border-line bg-surface">
      <div className="px-4 py-3">
        <h3 className="mb-1.5 text-sm font-semibold">Inputs</h3>
        {example === undefined ? <p className="text-faint">The row is no longer stored.</p> : <ValueList values={example.inputs} />}
      </div>
      {shared.length > 0 && (
        <table className="w-full table-fixed border-t border-line text-left">
          <thead>
            <tr className="bg-sunken text-sm text-faint">
              <th scope="col" className="w-[22%] px-4 py-1 font-medium">
                Output
              </th>
              <th scope="col" className="px-4 py-1 font-medium">
                Prediction
              </th>
              <th scope="col" className="px-4 py-1 font-medium">
                Label
              </th>
            </tr>
          </thead>
          <tbody>
            {shared.map(name => (
              <tr key={name} className="border-t border-line align-top">
                <th scope="row" className="px-4 py-1.5 font-mono text-sm font-normal break-words text-faint">
                  {name}
                </th>
                <td className="px-4 py-1.5 break-words whitespace-pre-wrap">
                  {rollout.prediction?.[name] === undefined ? (
                    <span className="text-faint">none</span>
                  ) : (
                    <Predicted value={rollout.prediction[name]} />
                  )}
                </td>
                <td className="px-4 py-1.5 break-words whitespace-pre-wrap">
                  {labels[name] === undefined ? <span className="text-faint">none</span> : valueText(labels[name])}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {Object.keys(others).length > 0 && (
        <details className="border-t border-line px-4 py-2">
          <summary className="text-sm text-soft">Other columns of the row</summary>
          <div className="mt-2">
            <ValueList values={others} />
          </div>
        </details>
      )}
    </section>
  )
}
