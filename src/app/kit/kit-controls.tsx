import { Copy, Ellipsis, Play, Plus, Search, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { z } from 'zod'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { CodeEditor } from '@/ui/code-editor'
import { ContextMenu } from '@/ui/context-menu'
import { Dialog } from '@/ui/dialog'
import { Drawer } from '@/ui/drawer'
import { FormField } from '@/ui/form-field'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { NumberInput } from '@/ui/number-input'
import { Popover } from '@/ui/popover'
import { SchemaForm } from '@/ui/schema-form'
import { Segmented } from '@/ui/segmented'
import { Select } from '@/ui/select'
import { Switch } from '@/ui/switch'
import { TabPanel, Tabs } from '@/ui/tabs'
import { TextArea } from '@/ui/text-area'
import { TextInput } from '@/ui/text-input'
import { KitBlock } from './kit-block'

export function KitControls() {
  const [text, setText] = useState('category')
  const [number, setNumber] = useState<number | undefined>(0.7)
  const [choice, setChoice] = useState('cot')
  const [isOn, setOn] = useState(true)
  const [tab, setTab] = useState('signature')
  const [code, setCode] = useState(sampleCode)
  const [form, setForm] = useState<Readonly<Record<string, unknown>>>({ max_labeled_demos: 8, max_rounds: 0 })
  const [sheet, setSheet] = useState<'dialog' | 'drawer'>()
  return (
    <>
      <KitBlock title="Buttons and menus">
        <div className="flex flex-wrap items-center gap-2">
          <Button variant="primary" icon={<Play />}>
            Compile
          </Button>
          <Button icon={<Plus />}>Add field</Button>
          <Button variant="ghost">Cancel</Button>
          <Button variant="danger" icon={<Trash2 />}>
            Delete
          </Button>
          <Button loading>Saving</Button>
          <Button disabled>Disabled</Button>
          <Button size="sm">Small</Button>
          <IconButton label="Copy" icon={<Copy />} shortcut="Mod+C" />
          <IconButton label="Pressed" icon={<Search />} pressed />
          <Menu trigger={<IconButton label="More" icon={<Ellipsis />} />} items={menuItems} />
          <Popover label="About" trigger={<Button variant="ghost">Popover</Button>}>
            A short explanation stands here.
          </Popover>
          <Button onClick={() => setSheet('dialog')}>Dialog</Button>
          <Button onClick={() => setSheet('drawer')}>Drawer</Button>
        </div>
        <ContextMenu items={menuItems}>
          <div className="rounded-md border border-dashed border-line-strong p-2 text-center text-sm text-faint">Right-click here</div>
        </ContextMenu>
      </KitBlock>
      <KitBlock title="Fields">
        <div className="grid grid-cols-2 gap-3">
          <FormField label="Name" help="Used in prompts and exports.">
            <TextInput value={text} onChange={setText} />
          </FormField>
          <FormField label="Name" error="A field of this name exists already.">
            <TextInput value={text} onChange={setText} />
          </FormField>
          <FormField label="Temperature">
            <NumberInput value={number} onChange={setNumber} min={0} max={2} step={0.1} />
          </FormField>
          <FormField label="Module">
            <Select value={choice} onChange={setChoice} options={modules} />
          </FormField>
          <FormField label="Search" className="col-span-2">
            <TextInput value="" onChange={() => {}} icon={<Search />} placeholder="Search rows" />
          </FormField>
          <FormField label="Instructions" className="col-span-2">
            <TextArea
              autoGrow
              value="Sort the ticket into one of the categories. Look at what the writer wants done."
              onChange={() => {}}
            />
          </FormField>
        </div>
        <div className="flex flex-wrap items-center gap-4">
          <Checkbox checked={isOn} onChange={setOn} label="Remember" />
          <Switch checked={isOn} onChange={setOn} label="Cache" />
          <Segmented label="Split" value={choice} onChange={setChoice} options={modules} />
        </div>
        <Tabs label="Inspector" value={tab} onChange={setTab} tabs={tabs}>
          {tabs.map(({ value, label }) => (
            <TabPanel key={value} value={value} className="p-3 text-soft">
              Panel of {label}
            </TabPanel>
          ))}
        </Tabs>
        <CodeEditor language="javascript" label="Metric" value={code} onChange={setCode} minHeight={100} />
      </KitBlock>
      <KitBlock title="Form from a schema">
        <SchemaForm schema={schema} value={form} onChange={setForm} />
      </KitBlock>
      <Dialog
        open={sheet === 'dialog'}
        onOpenChange={() => setSheet(undefined)}
        title="Delete node?"
        description="Its wires are removed, too."
        footer={<Button variant="primary">Delete</Button>}
      >
        Undo brings it back.
      </Dialog>
      <Drawer open={sheet === 'drawer'} onOpenChange={() => setSheet(undefined)} title="Trial 4" description="Random search, seed 2">
        Contents
      </Drawer>
    </>
  )
}

const menuItems = [
  { id: 'run', label: 'Run until here', icon: <Play />, shortcut: 'Mod+Enter', onSelect: () => {} },
  { id: 'copy', label: 'Copy', icon: <Copy />, shortcut: 'Mod+C', onSelect: () => {} },
  'separator' as const,
  { id: 'delete', label: 'Delete', icon: <Trash2 />, danger: true, onSelect: () => {} },
]
const modules = [
  { value: 'predict', label: 'Predict', hint: 'One call with the signature.' },
  { value: 'cot', label: 'ChainOfThought', hint: 'Writes its reasoning first.' },
]
const tabs = [
  { value: 'signature', label: 'Signature' },
  { value: 'demos', label: 'Demos', badge: 4 },
  { value: 'prompt', label: 'Prompt' },
]
const sampleCode = `// One number for a row, 0–1.
const right = prediction.category === example.category
return { score: right ? 1 : 0, feedback: right ? '' : "not " + prediction.category }`
const schema = z.object({
  max_bootstrapped_demos: z.int().min(0).max(64).default(4).meta({ help: 'Most demos taken from the teacher’s own runs.' }),
  max_labeled_demos: z.int().min(0).default(16).meta({ help: 'Most demos taken from labelled rows.' }),
  metric_threshold: z.number().min(0).max(1).nullable().default(null).meta({ help: 'A run becomes a demo from this score on.' }),
  max_rounds: z.int().min(1).default(1),
  order: z.enum(['as given', 'shuffled']).default('as given'),
  stop_early: z.boolean().default(false),
})
