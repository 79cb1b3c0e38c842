import { bodyPath, programAt } from '@/engine/program/bodies'
import { bodyWords } from '@/engine/graph/state-words'
import type { Step } from '@/engine/modules/registry'
import type { Body } from '@/engine/program/program'
import { openBody, useShownProject, wholePath } from '@/state/document/shown-program'
import { FoldedList, PartButton } from './folded-list'
import { LockMark } from './lock-mark'

/** The programs within a step: each opens on a canvas of its own. */
export function ProgramList({ step }: { readonly step: Step }) {
  const { node } = step
  const bodies = step.bodies()
  const words = step.facts() ?? (bodies.length === 1 ? '1 program' : `${bodies.length} programs`)
  return (
    <>
      {node.locks !== undefined && (
        <p className="node-facts">
          <LockMark predictors={[{ node, key: '', slotTitle: '', around: [] }]} />
        </p>
      )}
      <FoldedList nodeId={node.id} label={`Programs of ${node.name}`} words={words}>
        {bodies.map(({ body }) => (
          <ProgramRow key={body.id} nodeId={node.id} body={body} />
        ))}
      </FoldedList>
    </>
  )
}

function ProgramRow({ nodeId, body }: { readonly nodeId: string; readonly body: Body }) {
  const path = bodyPath(nodeId, body.id)
  const words = useShownProject(project => bodyWords(programAt(project, path) ?? { graph: body.graph, state: {} }))
  return (
    <li>
      <PartButton title={body.name} facts={words} action="Open this program" onPress={() => openBody(wholePath(path))} />
    </li>
  )
}
