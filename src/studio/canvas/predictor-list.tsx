import { ChevronDown, ChevronRight } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { predictorTitle } from '@/engine/graph/predictors'
import { demoWords } from '@/engine/graph/state-words'
import { useProject } from '@/state/document/project-store'
import { sendSessionEvent } from '@/state/session/session-events'
import { select, setInspectorTab } from '@/state/session/session-store'
import { setCanvas, useCanvas } from './canvas-store'
import { LockMark } from './lock-mark'
import type { NodePredictor } from './node-predictors'

/** The predictors of a step that has several: folded to a count, unfolded with what each has learned. */
export function PredictorList({ name, nodeId, predictors }: { name: string; nodeId: string; predictors: readonly NodePredictor[] }) {
  const isOpen = useCanvas(state => state.expandedNodes.has(nodeId))
  const expanded = useCanvas(state => state.expandedNodes)
  const toggle = () => {
    const next = new Set(expanded)
    if (!next.delete(nodeId)) next.add(nodeId)
    setCanvas({ expandedNodes: next })
  }
  return (
    <div className="node-predictors">
      <button
        type="button"
        className="node-predictors-fold nodrag nopan"
        aria-expanded={isOpen}
        aria-label={`Predictors of ${name}`}
        onClick={toggle}
        onKeyDown={keepFromCanvas}
      >
        {isOpen ? <ChevronDown size={11} aria-hidden /> : <ChevronRight size={11} aria-hidden />}
        {predictors.length} predictors
      </button>
      {isOpen && (
        <ul aria-label={`Predictors of ${name}`}>
          {predictors.map(predictor => (
            <PredictorRow key={predictor.id} predictor={predictor} />
          ))}
        </ul>
      )}
    </div>
  )
}

function PredictorRow({ predictor }: { predictor: NodePredictor }) {
  const { id, node } = predictor
  const title = predictorTitle(predictor)
  const demos = useProject(project => (project.state[id] ? demoWords(project.state[id]) : ''))
  const model = useProject(project => {
    const own = project.state[id]?.lm
    return own === undefined ? '' : (project.models.find(spec => spec.id === own)?.label ?? 'missing model')
  })
  const facts = [demos || 'no demos', model || 'task LM']
  return (
    <li>
      <button
        type="button"
        className="node-predictor nodrag nopan"
        aria-label={`${title}: ${facts.join(', ')}. Open its instructions`}
        onClick={() => {
          select([node.id])
          setInspectorTab('instructions')
          setTimeout(() => sendSessionEvent('focus-inspector'))
        }}
        onKeyDown={keepFromCanvas}
      >
        <span className="node-predictor-name">{title}</span>
        <span className="node-predictor-facts">{facts.join(' · ')}</span>
      </button>
      <LockMark predictors={[predictor]} />
    </li>
  )
}

/** Enter and Space press the button; the canvas would take them for the node. */
function keepFromCanvas(event: KeyboardEvent): void {
  if (event.key === 'Enter' || event.key === ' ') event.stopPropagation()
}
