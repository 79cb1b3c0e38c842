import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, CircleAlert, Copy, Ellipsis, Trash2 } from 'lucide-react'
import type { Tool, ToolFault } from '@/engine/modules/react-tools'
import { toolKindOf, toolKinds, type ToolKindId } from '@/engine/tools/registry'
import { FormField } from '@/ui/form-field'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { Select } from '@/ui/select'
import { TextArea } from '@/ui/text-area'
import { TextInput } from '@/ui/text-input'
import { ToolArguments } from './tool-arguments'
import { ToolKindForm } from './tool-kind-form'
import { ToolMock } from './tool-mock'
import { ToolReach } from './tool-reach'
import { ToolTry } from './tool-try'

export interface ToolCardProps {
  readonly tool: Tool
  readonly index: number
  readonly count: number
  readonly faults: readonly ToolFault[]
  readonly isOpen: boolean
  readonly onToggle: () => void
  /** What is typed into one place; joined to one step of undo. */
  readonly onType: (place: string, tool: Tool) => void
  /** A change that is a step of undo of its own. */
  readonly onArrange: (label: string, tool: Tool) => void
  readonly onMove: (to: number) => void
  readonly onDuplicate: () => void
  readonly onRemove: () => void
}

/** One tool: folded to its name, open with all of it and a way to try it. */
export function ToolCard(props: ToolCardProps) {
  const { tool, index, count, faults, isOpen, onToggle, onMove, onDuplicate, onRemove } = props
  const name = tool.name || `Tool ${index + 1}`
  return (
    <li className="tool-card">
      <div className="tool-head">
        <button type="button" className="tool-fold" aria-expanded={isOpen} aria-label={`Tool ${name}`} onClick={onToggle}>
          {isOpen ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />}
          <span className="tool-name">{name}</span>
          {!isOpen && <span className="tool-about">{tool.desc || 'no description'}</span>}
          {!isOpen && faults.length > 0 && (
            <CircleAlert size={12} className="tool-fault" role="img" aria-label={faults.map(fault => fault.message).join(' ')} />
          )}
        </button>
        <Menu
          align="end"
          trigger={<IconButton size="sm" label={`More for ${name}`} icon={<Ellipsis />} />}
          items={[
            { id: 'up', label: 'Move up', icon: <ArrowUp />, disabled: index === 0, onSelect: () => onMove(index - 1) },
            { id: 'down', label: 'Move down', icon: <ArrowDown />, disabled: index === count - 1, onSelect: () => onMove(index + 1) },
            { id: 'duplicate', label: 'Duplicate', icon: <Copy />, onSelect: onDuplicate },
            'separator',
            { id: 'remove', label: 'Remove tool', icon: <Trash2 />, danger: true, onSelect: onRemove },
          ]}
        />
      </div>
      {isOpen && <ToolBody {...props} />}
    </li>
  )
}

function ToolBody({ tool, faults, onType, onArrange }: ToolCardProps) {
  const kind = toolKindOf(tool)
  const fault = (part: ToolFault['part']): string | undefined => faults.find(each => each.part === part)?.message
  const nameFault = fault('name')
  return (
    <div className="tool-body">
      <FormField label="Name" {...(nameFault === undefined ? {} : { error: nameFault })}>
        <TextInput mono value={tool.name} onChange={next => onType('name', { ...tool, name: next })} />
      </FormField>
      <FormField label="Kind" help={kind.help}>
        <Select
          value={tool.kind ?? 'javascript'}
          options={Object.values(toolKinds).map(({ id, title, help }) => ({ value: id as ToolKindId, label: title, hint: help }))}
          onChange={id => onArrange('Change kind of tool', asKind(tool, id))}
        />
      </FormField>
      <FormField label="Description" help="The model reads it to decide when to call the tool.">
        <TextArea autoGrow rows={2} value={tool.desc} onChange={desc => onType('desc', { ...tool, desc })} />
      </FormField>
      <ToolArguments
        tool={tool}
        faultOf={fault}
        onType={(place, args) => onType(`args.${place}`, { ...tool, args })}
        onArrange={(label, args) => onArrange(label, { ...tool, args })}
      />
      <ToolKindForm tool={tool} fault={fault} onType={onType} onArrange={onArrange} />
      {kind.reaches(tool).map(reach => (
        <ToolReach key={reach.origin} reach={reach} />
      ))}
      <ToolMock
        tool={tool}
        onType={(place, mock) => onType(place, { ...tool, mock })}
        onArrange={(label, mock) => {
          const { mock: _before, ...rest } = tool
          onArrange(label, mock === undefined ? rest : { ...rest, mock })
        }}
      />
      <ToolTry tool={tool} />
    </div>
  )
}

/** The same tool to its model, done in another way. */
function asKind({ name, desc, args, mock }: Tool, id: ToolKindId): Tool {
  return { ...toolKinds[id].starter(name), desc, args, ...(mock && { mock }) }
}
