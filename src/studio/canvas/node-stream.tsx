import type { NodeStream } from '@/state/runs/live/node-stream'

/** What has come of a step's answer, the end of each output on a line of its own. */
export function NodeStreamLines({ stream: { fields, reasoning, isCut } }: { stream: NodeStream }) {
  const entries = Object.entries(fields)
  return (
    <>
      <dl className="node-outputs node-stream">
        {reasoning !== '' && entries.length === 0 && <Line name="thinks" text={reasoning} />}
        {entries.slice(-3).map(([name, text]) => (
          <Line key={name} name={name} text={text} />
        ))}
      </dl>
      {isCut && <p className="node-cut">Cut here.</p>}
    </>
  )
}

function Line({ name, text }: { name: string; text: string }) {
  const line = text.slice(-longestLine).replaceAll(/\s+/g, ' ')
  return (
    <div>
      <dt>{name}</dt>
      {/* The end is what moves: where it does not fit, the beginning is left out. */}
      <dd>
        <bdi>{line}</bdi>
      </dd>
    </div>
  )
}

const longestLine = 140
