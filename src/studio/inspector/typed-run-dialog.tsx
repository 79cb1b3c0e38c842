import { useEffect, useMemo, useState } from 'react'
import { programInputs, programOutputs } from '@/engine/program/ends'
import { bodySpan } from '@/state/runs/span-tree'
import { useShownBody, useShownPath, useShownProject } from '@/state/document/shown-program'
import { Play } from 'lucide-react'
import type { Json } from '@/lib/json'
import type { Values } from '@/engine/base/example'
import { useProject } from '@/state/document/project-store'
import { runRow } from '@/state/runs/actions/run-commands'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { useActiveRow } from './active-row'
import { useRowRun } from './row-run'
import { ValueInput } from './value-input'

/** Inputs typed by hand. What was typed last is there again, for as long as the page lives. */
export function TypedRunDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const body = useShownBody()
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={body === undefined ? 'Run with typed input' : `Run “${body.name}” with typed input`}
      description={
        body === undefined
          ? 'The program runs once on what you type here. The values stay for the next time.'
          : 'This program runs once, without those beside it, on what you type here. The values stay for the next time.'
      }
    >
      {open && <TypedRunForm onDone={() => onOpenChange(false)} />}
    </Dialog>
  )
}

function TypedRunForm({ onDone }: { onDone: () => void }) {
  const projectId = useProject(project => project.id)
  const path = useShownPath()
  const place = `${projectId} ${path ?? ''}`
  const graph = useShownProject(project => project.graph)
  const fields = useMemo(() => programInputs(graph), [graph])
  // A row holds the fields of the whole program; a program within a step has what the step gave it last.
  const row = useActiveRow()
  const active = path === undefined ? row : undefined
  const trace = useRowRun()?.rollout?.trace
  const [values, setValues] = useState<Readonly<Record<string, Json | undefined>>>(
    () => lastValues.get(place) ?? (path === undefined ? active?.example.inputs : trace && bodySpan(trace, path)?.inputs) ?? {},
  )
  const turnFields = useMemo(() => [...fields, ...programOutputs(graph)], [fields, graph])
  const given: Values = Object.fromEntries(
    fields.flatMap(({ name, type }): [string, Json][] => {
      // A conversation begins with no turns.
      const value = values[name] ?? (type.kind === 'history' ? { messages: [] } : undefined)
      return value === undefined ? [] : [[name, value]]
    }),
  )
  const missing = fields.filter(field => given[field.name] === undefined && field.type.kind !== 'optional')
  const run = () => {
    if (missing.length > 0) return
    lastValues.set(place, given)
    void runRow(given)
    onDone()
  }
  useModEnter(run)
  return (
    <form
      className="typed-run"
      onSubmit={event => {
        event.preventDefault()
        run()
      }}
    >
      {fields.length === 0 && <p className="inspector-faint">The program has no inputs yet. Add fields to its Input.</p>}
      {fields.map(field => (
        <ValueInput
          key={field.id}
          label={field.name}
          type={field.type}
          turnFields={turnFields}
          help={field.desc}
          value={values[field.name]}
          onChange={value => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <div className="typed-run-actions">
        <span className="inspector-faint">
          {missing.length > 0 && fields.length > 0 ? `Still empty: ${missing.map(field => field.name).join(', ')}` : ''}
        </span>
        {active && (
          <Button type="button" onClick={() => setValues(active.example.inputs)}>
            Take row {active.number}
          </Button>
        )}
        <Button type="submit" variant="primary" icon={<Play />} disabled={missing.length > 0 || fields.length === 0}>
          Run
        </Button>
      </div>
    </form>
  )
}

/** Mod+Enter anywhere in the dialog, where Enter alone belongs to the text boxes. */
function useModEnter(run: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      run()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  })
}

const lastValues = new Map<string, Values>()
