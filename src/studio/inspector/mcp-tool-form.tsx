import { Plug } from 'lucide-react'
import { useMemo } from 'react'
import type { McpToolInfo } from '@/engine/tools/mcp-client'
import type { McpTool } from '@/engine/tools/mcp-tool'
import { useShownProject } from '@/state/document/shown-program'
import { engine } from '@/state/session/engine-client'
import { errorSentence } from '@/state/session/notices'
import { useAttempt } from '@/state/session/use-attempt'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'
import { TextInput } from '@/ui/text-input'
import { ToolHeaders } from './tool-headers'
import type { KindFormProps } from './tool-kind-form'
import { ToolLimits } from './tool-limits'

/** Which tool of which server. The server is asked for its tools on demand, and says which arguments each takes. */
export function McpToolForm({ tool, fault, onType, onArrange }: KindFormProps<McpTool>) {
  const projectId = useShownProject(project => project.id)
  const { server, headers } = tool
  const asked = useMemo(() => ({ server, headers }), [server, headers])
  const listing = useAttempt(asked, () => engine().listMcpTools(projectId, asked))
  const found = listing.data ?? []
  const error = fault('server')
  const toolError = fault('tool')
  const choose = (name: string) => {
    const info = found.find(one => one.name === name)
    if (info !== undefined) onArrange('Choose tool of server', taken(tool, info))
  }
  return (
    <>
      <FormField
        label="Server"
        help="The address of its streamable HTTP endpoint. It has to allow web pages to call it (CORS) and to read the header Mcp-Session-Id."
        {...(error === undefined ? {} : { error })}
      >
        <TextInput mono inputMode="url" value={server} onChange={next => onType('server', { ...tool, server: next })} />
      </FormField>
      <ToolHeaders
        headers={headers}
        fault={fault('headers')}
        onType={(place, next) => onType(place, { ...tool, headers: next })}
        onArrange={(label, next) => onArrange(label, { ...tool, headers: next })}
      />
      <div className="flex flex-col gap-2">
        <Button size="sm" icon={<Plug />} className="self-start" loading={listing.isPending} onClick={() => listing.start()}>
          Ask for its tools
        </Button>
        <div role="status">
          {listing.error !== null && <p className="field-problem">{errorSentence(listing.error)}</p>}
          {listing.data !== undefined && (
            <p className="inspector-faint">{found.length === 1 ? '1 tool found.' : `${found.length} tools found.`}</p>
          )}
        </div>
      </div>
      <FormField
        label="Tool of the server"
        help="Choosing one takes over its description and its arguments."
        {...(toolError === undefined ? {} : { error: toolError })}
      >
        <Select
          value={tool.tool === '' ? undefined : tool.tool}
          options={optionsOf(tool, found)}
          placeholder={found.length === 0 ? 'Ask the server first' : 'Choose…'}
          disabled={found.length === 0}
          onChange={choose}
        />
      </FormField>
      <ToolLimits limits={tool} onType={(place, change) => onType(place, { ...tool, ...change })} />
    </>
  )
}

function optionsOf({ tool }: McpTool, found: readonly McpToolInfo[]) {
  const known = found.map(({ name, desc }) => ({ value: name, label: name, hint: desc }))
  return tool === '' || found.some(({ name }) => name === tool) ? known : [{ value: tool, label: tool, hint: 'Chosen before' }, ...known]
}

/** The model knows it by the name that the server gives it, where that can be a name of a tool. */
function taken(tool: McpTool, { name, desc, args }: McpToolInfo): McpTool {
  const own = name.replace(/\W/g, '_')
  return { ...tool, tool: name, name: own === '' ? tool.name : own, desc, args: [...args] }
}
