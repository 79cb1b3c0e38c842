import { useProject } from '@/state/document/project-store'
import { useOuterLocks, useShownPath, useShownProject } from '@/state/document/shown-program'
import { useState } from 'react'
import { Plus, TableRowsSplit } from 'lucide-react'
import { isLocked as isPartLocked } from '@/engine/graph/locks'
import { pathWithin } from '@/engine/program/bodies'
import type { Demo } from '@/engine/program/program'
import type { predictorsOf } from '@/engine/graph/predictors'
import { setDemos } from '@/state/document/edits/state-edits'
import { announce } from '@/ui/announcer'
import { Button } from '@/ui/button'
import { PanelSection } from '@/ui/panel'
import { ErrorBoundary } from '@/ui/error-boundary'
import { useRows } from './active-row'
import { DemoCard } from './demo-card'
import { demoFromRow } from './demo-from-row'
import { LockButton } from './lock-button'
import { NearestChoice } from './nearest-choice'
import { RowPicker } from './row-picker'
import { useRowRun } from './row-run'

/** The few-shot examples of one predictor, in the order the prompt shows them. */
export function DemosList({ predictor }: { predictor: ReturnType<typeof predictorsOf>[number] }) {
  const demos = useShownProject(project => project.state[predictor.id]?.demos ?? noDemos)
  const nearest = useShownProject(project => project.state[predictor.id]?.nearest)
  const fields = useShownProject(project => predictor.signature(project.state).fields)
  const graph = useProject(project => project.graph)
  const step = pathWithin(useShownPath(), predictor.node.id)
  const isLocked = useOuterLocks().demos !== undefined || isPartLocked(predictor, 'demos')
  const [open, setOpen] = useState<number>()
  const [isLong, setLong] = useState(false)
  // A pool may hold every row of the train split. The one that is open may be the newest, at the end.
  const shown = isLong || (open ?? 0) >= mostAtOnce ? demos : demos.slice(0, mostAtOnce)
  const { rows, exampleOf } = useRows()
  const run = useRowRun()
  const write = (next: readonly Demo[]) => setDemos(predictor.id, next)
  const add = (demo: Demo) => {
    write([...demos, demo])
    setOpen(demos.length)
    announce(`Demo ${demos.length + 1} added`)
  }
  const move = (index: number, to: number) => {
    const next = [...demos]
    const [moved] = next.splice(index, 1)
    if (!moved || to < 0 || to >= demos.length) return
    next.splice(to, 0, moved)
    write(next)
    setOpen(open === index ? to : undefined)
    announce(`Demo moved to place ${to + 1} of ${demos.length}`)
  }
  return (
    <PanelSection
      title={demos.length === 0 ? 'Demos' : `Demos (${demos.length})`}
      actions={
        <span className="inspector-actions-inline">
          {rows.length > 0 && (
            <RowPicker
              label="Add a demo from a row"
              trigger={
                <Button size="sm" variant="ghost" icon={<TableRowsSplit />}>
                  From a row
                </Button>
              }
              onPick={row => {
                const example = exampleOf(row)
                add(demoFromRow(graph, step, fields, { example, nodes: run?.exampleId === row.id ? run.nodes : undefined }))
              }}
            />
          )}
          <Button size="sm" variant="ghost" icon={<Plus />} aria-label="Add an empty demo" onClick={() => add({})}>
            Add
          </Button>
          <LockButton predictor={predictor} part="demos" />
        </span>
      }
    >
      <NearestChoice predictorId={predictor.id} nearest={nearest} demoCount={demos.length} />
      {demos.length === 0 ? (
        <p className="inspector-faint">
          {isLocked
            ? 'None, and locked: optimizers add none. You still can.'
            : 'None yet. Add some by hand, or let an optimizer find them.'}
        </p>
      ) : (
        <ol className="demo-list">
          {shown.map((demo, index) => (
            <ErrorBoundary key={index} isItem place="This demo" resetKey={demo}>
              <DemoCard
                demo={demo}
                index={index}
                count={demos.length}
                fields={fields}
                isOpen={open === index}
                onToggle={() => setOpen(open === index ? undefined : index)}
                onChange={next => write(demos.map((other, place) => (place === index ? next : other)))}
                onMove={to => move(index, to)}
                onRemove={() => {
                  write(demos.filter((_, place) => place !== index))
                  setOpen(undefined)
                }}
              />
            </ErrorBoundary>
          ))}
        </ol>
      )}
      {shown.length < demos.length && (
        <Button size="sm" variant="ghost" className="mt-2" onClick={() => setLong(true)}>
          Show all {demos.length}
        </Button>
      )}
    </PanelSection>
  )
}

const noDemos: readonly Demo[] = []
const mostAtOnce = 30
