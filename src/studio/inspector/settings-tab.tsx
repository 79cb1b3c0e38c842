import { useMemo } from 'react'
import { z } from 'zod'
import type { Step } from '@/engine/modules/registry'
import type { JsonObject } from '@/lib/json'
import { setModuleParams } from '@/state/document/edits/node-edits'
import { CodeEditor } from '@/ui/code-editor'
import { PanelSection } from '@/ui/panel'
import { SchemaForm, type SchemaWidget } from '@/ui/schema-form'
import { schemaProperties } from '@/ui/schema-properties'
import { ToolsEditor } from './tools-editor'
import { useSourceFault } from './use-source-fault'

/** The settings of the node's module, drawn from its schema. What does not fit is said at its place, and kept as typed. */
export function SettingsTab({ step: { node, params, title } }: { readonly step: Step }) {
  const { moduleParams = noParams } = node
  const { form, code, tools, endTool } = useMemo(() => {
    const properties = schemaProperties(params)
    const named = (widget: string): string | undefined => properties.find(property => property.widget === widget)?.key
    const toolsKey = named('tools')
    const shape = Object.fromEntries(Object.entries(params.shape).filter(([key]) => key !== toolsKey))
    return { form: z.object(shape), code: named('code'), tools: toolsKey, endTool: endToolOf(params.shape[toolsKey ?? '']) }
  }, [params])
  const codeOf = (key: string): string => String(moduleParams[key] ?? form.shape[key]?.safeParse(undefined).data ?? '')
  const fault = useSourceFault(code === undefined ? undefined : codeOf(code), 'reward')
  const { [tools ?? '']: list, ...others } = moduleParams
  return (
    <>
      {tools !== undefined && <ToolsEditor node={node} param={tools} endTool={endTool} value={list} />}
      <PanelSection title={tools === undefined ? undefined : `Settings of ${title}`}>
        <SchemaForm
          schema={form}
          value={others}
          widgets={{ code: codeWidget }}
          errors={code === undefined ? {} : { [code]: fault }}
          // The form hands back what it was given, changed by values its controls make: all of it JSON.
          onChange={next =>
            setModuleParams(node.id, { ...(next as JsonObject), ...(tools !== undefined && list !== undefined && { [tools]: list }) })
          }
        />
      </PanelSection>
    </>
  )
}

/** What a setting of tools says no tool can be called. */
function endToolOf(schema: z.core.$ZodType | undefined): string | undefined {
  const name = schema instanceof z.ZodType ? schema.meta()?.['endTool'] : undefined
  return typeof name === 'string' ? name : undefined
}

const noParams: JsonObject = {}

const codeWidget: SchemaWidget = (value, onChange, { title, key }) => (
  <CodeEditor
    label={title ?? key}
    language="javascript"
    minHeight={100}
    value={typeof value === 'string' ? value : ''}
    onChange={onChange}
  />
)
