import type { Tool } from '@/engine/tools/registry'
import type { JavaScriptTool } from '@/engine/tools/javascript-tool'
import { CodeEditor } from '@/ui/code-editor'
import { FormField } from '@/ui/form-field'
import { whenShown } from '@/ui/when-shown'
import { useSourceFault } from './use-source-fault'

/** Few programs reach outside. */
const HttpToolForm = whenShown(async () => (await import('./http-tool-form')).HttpToolForm)
const McpToolForm = whenShown(async () => (await import('./mcp-tool-form')).McpToolForm)

export interface KindFormProps<T extends Tool> {
  readonly tool: T
  /** What is wrong with one of its settings. */
  readonly fault: (part: string) => string | undefined
  /** What is typed into one place; joined to one step of undo. */
  readonly onType: (place: string, tool: T) => void
  /** A change that is a step of undo of its own. */
  readonly onArrange: (label: string, tool: T) => void
}

/** The settings of a tool that its kind has. */
export function ToolKindForm({ tool, ...rest }: KindFormProps<Tool>) {
  switch (tool.kind) {
    case 'http':
      return <HttpToolForm tool={tool} {...rest} />
    case 'mcp':
      return <McpToolForm tool={tool} {...rest} />
    default:
      return <JavaScriptToolForm tool={tool} {...rest} />
  }
}

function JavaScriptToolForm({ tool, fault, onType }: KindFormProps<JavaScriptTool>) {
  const syntax = useSourceFault(tool.source, 'tool')
  const error = fault('source') ?? syntax
  return (
    <FormField
      label="Code"
      help={`The body of a function of inputs${tool.args.length === 0 ? '' : `: ${tool.args.map(each => `inputs.${each.name}`).join(', ')}`}. Return what the model is to see.`}
      {...(error === undefined ? {} : { error })}
    >
      <CodeEditor
        language="javascript"
        label={`Code of ${tool.name === '' ? 'the tool' : tool.name}`}
        minHeight={110}
        value={tool.source}
        onChange={source => onType('source', { ...tool, source })}
      />
    </FormField>
  )
}
