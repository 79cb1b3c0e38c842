import type { ReactNode } from 'react'

/** What a turn lacks is empty, and is not shown. */
export interface TrajectoryTurn {
  readonly thought: string
  readonly tool: string
  /** The arguments by name, as text. */
  readonly args: readonly (readonly [name: string, value: ReactNode])[]
  /** What was run in place of a tool. */
  readonly code: string
  readonly observation: string
  /** One line of what it did, for the folded turn. */
  readonly line: string
}

interface TrajectoryProps {
  readonly turns: readonly TrajectoryTurn[]
}

/** What an agent thought, which tools it called with what or which code it ran, and what came back: a folded line for each turn. Text only. */
export function Trajectory({ turns }: TrajectoryProps) {
  return (
    <ol aria-label="Trajectory" className="flex flex-col gap-1 whitespace-normal">
      {turns.map((turn, index) => (
        <li key={index} className="rounded-md border border-line">
          <details open={turns.length === 1}>
            <summary className="truncate px-2 py-1 text-sm">
              <span className="mr-1.5 text-faint tabular">{index + 1}</span>
              {turn.tool !== '' && <span className="font-mono">{turn.tool}</span>} <span className="text-faint">{turn.line}</span>
            </summary>
            <dl className="flex flex-col gap-1.5 border-t border-line px-2 py-1.5">
              {turn.thought !== '' && <Part name="Thought">{turn.thought}</Part>}
              {turn.tool !== '' && (
                <Part name="Tool">
                  <span className="font-mono">{turn.tool}</span>
                  {turn.args.length > 0 && (
                    <ul aria-label="Arguments" className="mt-0.5 flex flex-col gap-0.5">
                      {turn.args.map(([name, value]) => (
                        <li key={name}>
                          <span className="font-mono text-sm text-faint">{name}</span> {value}
                        </li>
                      ))}
                    </ul>
                  )}
                </Part>
              )}
              {turn.code !== '' && (
                <Part name="Code">
                  <span className="font-mono text-sm">{turn.code}</span>
                </Part>
              )}
              {turn.observation !== '' && <Part name={turn.code === '' ? 'Result' : 'Output'}>{turn.observation}</Part>}
            </dl>
          </details>
        </li>
      ))}
    </ol>
  )
}

function Part({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-faint">{name}</dt>
      <dd className="break-words whitespace-pre-wrap">{children}</dd>
    </div>
  )
}
