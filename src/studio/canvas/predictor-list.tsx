import { predictorTitle } from '@/engine/graph/predictors'
import { demoWords } from '@/engine/graph/state-words'
import { useShownProject } from '@/state/document/shown-program'
import { sendSessionEvent } from '@/state/session/session-events'
import { select, setInspectorTab } from '@/state/session/session-store'
import { FoldedList, PartButton } from './folded-list'
import { LockMark } from './lock-mark'
import type { NodePredictor } from './node-predictors'

/** The predictors of a step that has several, with what each has learned. */
export function PredictorList({ name, nodeId, predictors }: { name: string; nodeId: string; predictors: readonly NodePredictor[] }) {
  return (
    <FoldedList nodeId={nodeId} label={`Predictors of ${name}`} words={`${predictors.length} predictors`}>
      {predictors.map(predictor => (
        <PredictorRow key={predictor.id} predictor={predictor} />
      ))}
    </FoldedList>
  )
}

function PredictorRow({ predictor }: { predictor: NodePredictor }) {
  const { id, node } = predictor
  const demos = useShownProject(project => (project.state[id] ? demoWords(project.state[id]) : ''))
  const model = useShownProject(project => {
    const own = project.state[id]?.lm
    return own === undefined ? '' : (project.models.find(spec => spec.id === own)?.label ?? 'missing model')
  })
  const open = () => {
    select([node.id])
    setInspectorTab('instructions')
    setTimeout(() => sendSessionEvent('focus-inspector'))
  }
  return (
    <li>
      <PartButton
        title={predictorTitle(predictor)}
        facts={`${demos || 'no demos'} · ${model || 'task LM'}`}
        action="Open its instructions"
        onPress={open}
      />
      <LockMark predictors={[predictor]} />
    </li>
  )
}
