import { httpMethods, type HttpTool } from '@/engine/tools/http-tool'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'
import { TextArea } from '@/ui/text-area'
import { TextInput } from '@/ui/text-input'
import { ToolHeaders } from './tool-headers'
import type { KindFormProps } from './tool-kind-form'
import { ToolLimits } from './tool-limits'

/** The request that a tool sends, and what of the answer the model sees. */
export function HttpToolForm({ tool, fault, onType, onArrange }: KindFormProps<HttpTool>) {
  const error = (part: string) => {
    const message = fault(part)
    return message === undefined ? {} : { error: message }
  }
  const names = tool.args.map(({ name }) => `{${name}}`).join(', ')
  return (
    <>
      <FormField label="Method">
        <Select
          value={tool.method}
          options={httpMethods.map(value => ({ value, label: value }))}
          onChange={method => onArrange('Change method', { ...tool, method })}
        />
      </FormField>
      <FormField
        label="Address"
        help={
          names === '' ? 'Add arguments to use them here.' : `Behind the host, ${names} stand for the arguments, encoded as addresses are.`
        }
        {...error('url')}
      >
        <TextInput mono inputMode="url" value={tool.url} onChange={url => onType('url', { ...tool, url })} />
      </FormField>
      <ToolHeaders
        headers={tool.headers}
        fault={fault('headers')}
        onType={(place, headers) => onType(place, { ...tool, headers })}
        onArrange={(label, headers) => onArrange(label, { ...tool, headers })}
      />
      {(tool.method !== 'GET' || tool.body !== '') && (
        <FormField
          label="Body"
          help={'JSON. "{argument}" alone becomes the argument as it is; within a text it is written out.'}
          {...error('body')}
        >
          <TextArea mono autoGrow rows={3} value={tool.body} onChange={body => onType('body', { ...tool, body })} />
        </FormField>
      )}
      <FormField label="Part of the answer" help="Such as items[0].name, or items[*].name for that of each item. Empty: all of it.">
        <TextInput mono value={tool.answer} onChange={answer => onType('answer', { ...tool, answer })} />
      </FormField>
      <ToolLimits limits={tool} onType={(place, change) => onType(place, { ...tool, ...change })} />
    </>
  )
}
