import { Play } from 'lucide-react'
import { useState } from 'react'
import type { Values } from '@/engine/base/example'
import type { ErrorJson } from '@/engine/base/errors'
import type { Tool } from '@/engine/modules/react-tools'
import { toolKindOf } from '@/engine/tools/registry'
import { useShownProject } from '@/state/document/shown-program'
import type { Json } from '@/lib/json'
import { engine } from '@/state/session/engine-client'
import { errorSentence } from '@/state/session/notices'
import { useAttempt } from '@/state/session/use-attempt'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { formatMs } from '@/ui/format'
import type { ToolTry as Tried } from '@/worker/api'
import { ValueInput } from './value-input'

/** Runs the tool in the code runner, on arguments typed here. */
export function ToolTry({ tool }: { readonly tool: Tool }) {
  const projectId = useShownProject(project => project.id)
  const isOutside = toolKindOf(tool).reaches(tool).length > 0
  const [values, setValues] = useState<Readonly<Record<string, Json | undefined>>>({})
  const attempt = useAttempt(tool, (given: Values) => engine().tryTool(projectId, tool, given))
  const run = () => attempt.start(argumentsOf(tool, values))
  const missing = tool.args.filter(argument => argument.type.kind !== 'optional' && values[argument.name] === undefined)
  return (
    <form
      aria-label={`Try ${tool.name}`}
      className="tool-try"
      onSubmit={event => {
        event.preventDefault()
        run()
      }}
    >
      {tool.args.map((argument, index) => (
        <ValueInput
          key={index}
          label={argument.name}
          type={argument.type}
          value={values[argument.name]}
          onChange={value => setValues({ ...values, [argument.name]: value })}
        />
      ))}
      <div className="tool-try-line">
        <Button type="submit" size="sm" icon={<Play />} loading={attempt.isPending}>
          Try
        </Button>
        <span className="inspector-faint">
          {missing.length > 0
            ? `Not given: ${missing.map(argument => argument.name).join(', ')}`
            : isOutside
              ? 'Calls it for real, without a model.'
              : 'Runs on its own, without a model and without access to this page.'}
        </span>
      </div>
      <div role="status">{!attempt.isPending && <Outcome attempt={attempt} />}</div>
    </form>
  )
}

function Outcome({ attempt: { data, error } }: { readonly attempt: { readonly data: Tried | undefined; readonly error: Error | null } }) {
  if (error !== null) return <p className="field-problem">{errorSentence(error)}</p>
  if (data === undefined) return null
  return (
    <>
      <p className="call-facts">
        <Badge tone={data.error ? 'bad' : 'good'}>{data.error ? 'Failed' : 'Returned'}</Badge>
        <Badge>{formatMs(data.ms)}</Badge>
      </p>
      <pre className="raw-completion">{data.error ? errorText(data.error) : resultText(data.result ?? null)}</pre>
    </>
  )
}

function argumentsOf(tool: Tool, values: Readonly<Record<string, Json | undefined>>): Values {
  return Object.fromEntries(
    tool.args.flatMap(({ name }) => {
      const value = values[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function resultText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
}

function errorText({ message, facts }: ErrorJson): string {
  const line = facts?.['line']
  return typeof line === 'number' && !message.includes(`line ${line}`) ? `Line ${line}: ${message}` : message
}
