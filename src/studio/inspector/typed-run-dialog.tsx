import { useEffect, useState } from 'react'
import { Play } from 'lucide-react'
import type { Json } from '@/lib/json'
import type { Values } from '@/engine/base/example'
import { useProject } from '@/state/document/project-store'
import { runRow } from '@/state/runs/actions/run-commands'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { useActiveRow, useProgramInputs } from './active-row'
import { ValueInput } from './value-input'

/** Inputs typed by hand. What was typed last is there again, for as long as the page lives. */
export function TypedRunDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Run with typed input"
      description="The program runs once on what you type here. The values stay for the next time."
    >
      {open && <TypedRunForm onDone={() => onOpenChange(false)} />}
    </Dialog>
  )
}

function TypedRunForm({ onDone }: { onDone: () => void }) {
  const projectId = useProject(project => project.id)
  const fields = useProgramInputs()
  const active = useActiveRow()
  const [values, setValues] = useState<Readonly<Record<string, Json | undefined>>>(
    () => lastValues.get(projectId) ?? active?.example.inputs ?? {},
  )
  const given: Values = Object.fromEntries(
    fields.flatMap(field => (values[field.name] === undefined ? [] : [[field.name, values[field.name] as Json]])),
  )
  const missing = fields.filter(field => given[field.name] === undefined && field.type.kind !== 'optional')
  const run = () => {
    if (missing.length > 0) return
    lastValues.set(projectId, given)
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
