import { Play } from 'lucide-react'
import type { CodeNode } from '@/engine/program/program'
import { setCodeSource } from '@/state/document/edits/node-edits'
import { useNodeStatus } from '@/state/runs/live/live-runs'
import { runRow } from '@/state/runs/actions/run-commands'
import { Button } from '@/ui/button'
import { CodeEditor } from '@/ui/code-editor'
import { FormField } from '@/ui/form-field'
import { PanelSection } from '@/ui/panel'
import { ValuesList } from './values-list'

/** The JavaScript of a code node, with what it gave, or what went wrong and in which line, in the last run. */
export function CodeTab({ node }: { node: CodeNode }) {
  const status = useNodeStatus(node.id)
  const inputs = node.fields.filter(field => field.role === 'input').map(field => field.name)
  const outputs = node.fields.filter(field => field.role === 'output').map(field => field.name)
  const line = status.error ? lineOf(status.error.message, status.error.facts?.['line']) : undefined
  const error = status.error && (line === undefined ? status.error.message : `Line ${line}: ${status.error.message}`)
  return (
    <>
      <PanelSection>
        <FormField
          label="Code"
          help={`The body of a function of inputs. Read ${list(inputs.map(name => `inputs.${name}`))}; return an object with ${list(outputs)}.`}
          {...(error === undefined ? {} : { error })}
          aside={
            <Button size="sm" variant="ghost" icon={<Play />} onClick={() => void runRow()}>
              Run on the active row
            </Button>
          }
        >
          <CodeEditor
            language="javascript"
            label={`Code of ${node.name}`}
            minHeight={180}
            value={node.source}
            onChange={source => setCodeSource(node.id, source)}
            onRun={() => void runRow()}
          />
        </FormField>
        {error !== undefined && line !== undefined && <pre className="line-fault">{node.source.split('\n')[line - 1] ?? ''}</pre>}
      </PanelSection>
      {status.outputs && (
        <PanelSection title={status.status === 'stale' ? 'Returned in the last run (changed since)' : 'Returned in the last run'}>
          <ValuesList values={status.outputs} />
        </PanelSection>
      )}
    </>
  )
}

/** The line that an error of user code names, in its facts or in its words. */
function lineOf(message: string, fact: unknown): number | undefined {
  if (typeof fact === 'number') return fact
  const found = /\bline (\d+)|:(\d+)(?::\d+)?\)?$/m.exec(message)
  const line = Number(found?.[1] ?? found?.[2])
  return Number.isInteger(line) && line > 0 ? line : undefined
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing yet' : names.join(', ')
}
