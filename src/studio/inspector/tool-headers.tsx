import { Plus, Trash2 } from 'lucide-react'
import { Button } from '@/ui/button'
import { IconButton } from '@/ui/icon-button'
import { TextInput } from '@/ui/text-input'

interface Header {
  readonly name: string
  readonly value: string
}

interface ToolHeadersProps {
  readonly headers: readonly Header[]
  readonly fault: string | undefined
  readonly onType: (place: string, headers: Header[]) => void
  readonly onArrange: (label: string, headers: Header[]) => void
}

/** What goes along with each request of a tool. */
export function ToolHeaders({ headers, fault, onType, onArrange }: ToolHeadersProps) {
  const change = (index: number, part: keyof Header, text: string) =>
    onType(
      `headers.${index}.${part}`,
      headers.map((header, at) => (at === index ? { ...header, [part]: text } : header)),
    )
  return (
    <div role="group" aria-label="Headers" className="tool-args">
      <div className="tool-args-head">
        <span>Headers</span>
        <Button size="sm" variant="ghost" icon={<Plus />} onClick={() => onArrange('Add header', [...headers, newHeader(headers)])}>
          Add header
        </Button>
      </div>
      <ol>
        {headers.map((header, index) => (
          <li key={index} className="field-line">
            <TextInput mono label={`Name of header ${index + 1}`} value={header.name} onChange={name => change(index, 'name', name)} />
            <TextInput mono label={`Value of header ${index + 1}`} value={header.value} onChange={value => change(index, 'value', value)} />
            <IconButton
              size="sm"
              label={`Remove header ${header.name}`}
              icon={<Trash2 />}
              onClick={() =>
                onArrange(
                  'Remove header',
                  headers.filter((_, at) => at !== index),
                )
              }
            />
          </li>
        ))}
      </ol>
      <p className="inspector-faint">
        A value may hold a secret by its name, such as <code>Bearer {'{secret:API_KEY}'}</code>.
      </p>
      {fault !== undefined && (
        <p className="field-problem" data-severity="error">
          {fault}
        </p>
      )}
    </div>
  )
}

function newHeader(headers: readonly Header[]): Header {
  const isFirst = !headers.some(({ name }) => name.toLowerCase() === 'authorization')
  return isFirst ? { name: 'Authorization', value: 'Bearer {secret:API_KEY}' } : { name: `X-Header-${headers.length + 1}`, value: '' }
}
