import { useState } from 'react'
import { ChevronDown, ChevronRight, CopyPlus, Plus, Trash2, Ungroup } from 'lucide-react'
import { bodyPath, programAt } from '@/engine/program/bodies'
import { lockedShare } from '@/engine/graph/locks'
import { predictorsWithin } from '@/engine/graph/predictors'
import { bodyWords, demoWords } from '@/engine/graph/state-words'
import { isStepNode, stepOf, type Step } from '@/engine/modules/registry'
import type { Body, ProgramState, StepNode } from '@/engine/program/program'
import { addBody, copyBody, keepBody, removeBody, renameBody } from '@/state/document/edits/body-edits'
import { openBody, useShownProject, wholePath } from '@/state/document/shown-program'
import { announce } from '@/ui/announcer'
import { Button } from '@/ui/button'
import { PanelSection } from '@/ui/panel'
import { StepLock } from './lock-button'
import { NameBox } from './name-box'

/** The programs within a step: what each is made of and has learned, and the way to its own canvas. */
export function ProgramsTab({ step }: { readonly step: Step }) {
  const { node } = step
  const bodies = step.bodies().map(({ body }) => body)
  const add = () => {
    addBody(node.id)
    announce(`Program ${bodies.length + 1} added`)
  }
  return (
    <>
      <PanelSection
        title={bodies.length === 1 ? '1 program' : `${bodies.length} programs`}
        actions={
          <span className="inspector-actions-inline">
            <Button size="sm" variant="ghost" icon={<Plus />} aria-label="Add a program" onClick={add}>
              Add
            </Button>
            <StepLock node={node} part="instructions" />
            <StepLock node={node} part="demos" />
          </span>
        }
      >
        <ul className="demo-list" aria-label={`Programs of ${node.name}`}>
          {bodies.map(body => (
            <ProgramItem key={body.id} node={node} body={body} isOnly={bodies.length === 1} />
          ))}
        </ul>
      </PanelSection>
    </>
  )
}

interface ProgramItemProps {
  readonly node: StepNode
  readonly body: Body
  readonly isOnly: boolean
}

function ProgramItem({ node, body, isOnly }: ProgramItemProps) {
  const [isOpen, setOpen] = useState(false)
  const path = bodyPath(node.id, body.id)
  const words = useShownProject(project => bodyWords(programAt(project, path) ?? { graph: body.graph, state: {} }))
  return (
    <li className="demo-card">
      <div className="demo-head">
        <button type="button" className="demo-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />}
          <span className="demo-words">
            {body.name} <span className="inspector-faint">{words}</span>
          </span>
        </button>
        <Button size="sm" aria-label={`Open ${body.name} on the canvas`} onClick={() => openBody(wholePath(path))}>
          Open
        </Button>
      </div>
      {isOpen && (
        <div className="demo-form">
          <NameBox key={body.name} name={body.name} onCommit={name => renameBody(node.id, body.id, name)} />
          <StepList node={node} body={body} />
          <div className="inspector-actions">
            <Button size="sm" icon={<CopyPlus />} onClick={() => copyBody(node.id, body.id)}>
              Copy
            </Button>
            <Button
              size="sm"
              icon={<Ungroup />}
              onClick={() => keepBody(node.id, body.id)}
              title={`Its steps take the place of ${node.name}`}
            >
              Keep only this
            </Button>
            <Button size="sm" variant="danger" icon={<Trash2 />} disabled={isOnly} onClick={() => removeBody(node.id, body.id)}>
              Remove
            </Button>
          </div>
        </div>
      )}
    </li>
  )
}

function StepList({ node, body }: Pick<ProgramItemProps, 'node' | 'body'>) {
  const path = bodyPath(node.id, body.id)
  const state = useShownProject(project => project.state)
  const graph = useShownProject(project => project.graph)
  return (
    <ul className="inspector-list" aria-label={`Steps of ${body.name}`}>
      {body.graph.nodes.filter(isStepNode).map(inner => (
        <li key={inner.id}>
          <button type="button" className="inspector-link" onClick={() => openBody(wholePath(path), [inner.id])}>
            {inner.name}{' '}
            <span className="inspector-faint">
              {[stepOf(inner)?.title, ...learnedWords(predictorsWithin(graph, `${path}/${inner.id}`), state)].filter(Boolean).join(' · ')}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function learnedWords(predictors: ReturnType<typeof predictorsWithin>, state: ProgramState): readonly string[] {
  const states = predictors.flatMap(({ id }) => state[id] ?? [])
  const [only] = states
  const demos = only && states.length === 1 ? demoWords(only) : demoWords({ demos: states.flatMap(each => each.demos) })
  const locked = (['instructions', 'demos'] as const).flatMap(part => {
    const share = lockedShare(predictors, part)
    return share === 'none' ? [] : [share === 'all' ? part : `some ${part}`]
  })
  return [demos, locked.length === 0 ? '' : `${locked.join(' and ')} locked`]
}
