import { Plus, Trash2 } from 'lucide-react'
import { branchParams, choicesOf, waysOf, type Way, type WayRule } from '@/engine/modules/branch'
import { pythonStr } from '@/lib/python-text'
import type { BranchNode } from '@/engine/program/program'
import type { Field } from '@/engine/signature/signature'
import { removeField, updateField } from '@/state/document/edits/node-edits'
import { addWay, setDecidingInput, setHandedInput, setWayRule } from '@/state/document/edits/way-edits'
import { Button } from '@/ui/button'
import { CodeEditor } from '@/ui/code-editor'
import { FormField } from '@/ui/form-field'
import { IconButton } from '@/ui/icon-button'
import { PanelSection } from '@/ui/panel'
import { Select } from '@/ui/select'
import { TextInput } from '@/ui/text-input'
import { useSourceFault } from './use-source-fault'
import { ValueInput } from './value-input'

/** Where a branch goes, and when: what it hands on, what decides, and a rule for each of its outputs. */
export function WaysTab({ node }: { node: BranchNode }) {
  const { gives, on } = branchParams.of(node)
  const inputs = node.fields.filter(({ role }) => role === 'input')
  const ways = waysOf(node)
  const deciding = inputs.find(({ name }) => name === on)
  const options = inputs.map(({ name }) => ({ value: name, label: name }))
  return (
    <>
      <PanelSection>
        <div className="flex flex-col gap-3">
          <FormField label="Hands on" help="This input goes on by the way that is taken. Steps behind the other ways do not run.">
            <Select value={gives} onChange={name => setHandedInput(node.id, name)} options={options} />
          </FormField>
          <FormField label="Decides" help="An input with a list of values gets a way for each of them.">
            <Select
              value={on ?? ''}
              onChange={name => setDecidingInput(node.id, name === '' ? undefined : name)}
              options={[
                { value: '', label: 'Conditions alone' },
                ...inputs.map(({ name }) => ({ value: name, label: `The value of ${name}` })),
              ]}
            />
          </FormField>
        </div>
      </PanelSection>
      <PanelSection
        title={ways.length === 1 ? '1 way' : `${ways.length} ways`}
        actions={
          <Button size="sm" variant="ghost" icon={<Plus />} aria-label="Add a way" onClick={() => addWay(node.id)}>
            Add
          </Button>
        }
      >
        <ol className="demo-list" aria-label={`Ways of ${node.name}`}>
          {ways.map((way, index) => (
            <WayItem key={way.output.id} node={node} way={way} index={index} deciding={deciding} isOnly={ways.length === 1} />
          ))}
        </ol>
        <p className="inspector-faint mt-2">The first way whose rule holds is taken. Change their order under Fields.</p>
      </PanelSection>
    </>
  )
}

interface WayItemProps {
  readonly node: BranchNode
  readonly way: Way
  readonly index: number
  readonly deciding: Field | undefined
  readonly isOnly: boolean
}

function WayItem({ node, way: { output, rule }, index, deciding, isOnly }: WayItemProps) {
  const { id, name } = output
  const kind = kindOf(rule)
  const choices = deciding && choicesOf(deciding.type)
  const set = (next: WayRule | undefined) => setWayRule(node.id, name, next)
  return (
    <li className="demo-card">
      <div className="flex flex-col gap-2 p-2">
        <div className="flex items-center gap-1">
          <TextInput
            mono
            label={`Name of way ${index + 1}`}
            className="min-w-0 flex-1"
            value={name}
            onChange={next => updateField(node.id, id, { name: next })}
          />
          <IconButton
            size="sm"
            label={`Remove the way ${name}`}
            icon={<Trash2 />}
            disabled={isOnly}
            onClick={() => removeField(node.id, id)}
          />
        </div>
        <Select
          label={`When ${name} is taken`}
          value={kind}
          onChange={next => set(newRule(next, node, deciding))}
          options={[
            ...(deciding || kind === 'is' ? [{ value: 'is' as const, label: 'for a value' }] : []),
            { value: 'when', label: 'if a condition holds' },
            { value: 'rest', label: 'for all else' },
          ]}
        />
        {rule && 'is' in rule && choices && (
          <Select
            label={`Value of the way ${name}`}
            value={pythonStr(rule.is)}
            onChange={text => set({ is: choices.find(each => pythonStr(each) === text) ?? null })}
            options={choices.map(each => ({ value: pythonStr(each), label: `${deciding?.name ?? 'value'} is ${pythonStr(each)}` }))}
          />
        )}
        {rule && 'is' in rule && !choices && (
          <ValueInput
            label={`${deciding?.name ?? 'value'} is`}
            type={deciding?.type ?? { kind: 'str' }}
            value={rule.is}
            onChange={value => set({ is: isPlain(value) ? value : '' })}
          />
        )}
        {rule && 'when' in rule && <Condition name={name} source={rule.when} node={node} onChange={when => set({ when })} />}
      </div>
    </li>
  )
}

interface ConditionProps {
  readonly name: string
  readonly source: string
  readonly node: BranchNode
  readonly onChange: (source: string) => void
}

function Condition({ name, source, node, onChange }: ConditionProps) {
  const fault = useSourceFault(source, 'condition')
  const inputs = node.fields.flatMap(field => (field.role === 'input' ? [`inputs.${field.name}`] : []))
  return (
    <FormField
      label="Condition"
      help={`JavaScript that returns true or false. Read ${inputs.join(', ')}.`}
      {...(fault === undefined ? {} : { error: fault })}
    >
      <CodeEditor language="javascript" label={`Condition of ${name}`} minHeight={48} value={source} onChange={onChange} />
    </FormField>
  )
}

type RuleKind = 'is' | 'when' | 'rest'

function kindOf(rule: WayRule | undefined): RuleKind {
  if (rule === undefined) return 'rest'
  return 'is' in rule ? 'is' : 'when'
}

function newRule(kind: RuleKind, node: BranchNode, deciding: Field | undefined): WayRule | undefined {
  if (kind === 'rest') return undefined
  if (kind === 'is') return { is: (deciding && choicesOf(deciding.type)?.[0]) ?? '' }
  return { when: `return Boolean(inputs.${branchParams.of(node).gives})` }
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}
