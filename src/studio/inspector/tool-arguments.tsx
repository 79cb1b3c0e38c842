import { ArrowDown, ArrowUp, Ellipsis, Plus, Trash2 } from 'lucide-react'
import { useId } from 'react'
import type { Tool, ToolFault } from '@/engine/modules/react-tools'
import { announce } from '@/ui/announcer'
import { Button } from '@/ui/button'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { TextInput } from '@/ui/text-input'
import { OptionalBox, TypeDetails, TypeKindSelect } from './type-picker'

type Argument = Tool['args'][number]

interface ToolArgumentsProps {
  readonly tool: Tool
  readonly faultOf: (part: ToolFault['part']) => string | undefined
  readonly onType: (place: string, args: Tool['args']) => void
  readonly onArrange: (label: string, args: Tool['args']) => void
}

/** What the model has to give a tool: named and typed like the fields of a signature. */
export function ToolArguments({ tool, faultOf, onType, onArrange }: ToolArgumentsProps) {
  const { args } = tool
  const move = (index: number, to: number) => {
    const moved = args[index]
    if (moved === undefined || to < 0 || to >= args.length) return
    const others = args.filter((_, place) => place !== index)
    onArrange('Move argument', [...others.slice(0, to), moved, ...others.slice(to)])
    announce(`${moved.name} is now ${to + 1} of ${args.length}`)
  }
  const add = () => onArrange('Add argument', [...args, { name: freeName(args), type: { kind: 'str' }, desc: '' }])
  return (
    <div role="group" aria-label={`Arguments of ${tool.name}`} className="tool-args">
      <div className="tool-args-head">
        <span>Arguments</span>
        <Button size="sm" variant="ghost" icon={<Plus />} onClick={add}>
          Add argument
        </Button>
      </div>
      {args.length === 0 && <p className="inspector-faint">None: the model calls it as it is.</p>}
      <ol>
        {args.map((argument, index) => (
          <ArgumentRow
            key={index}
            argument={argument}
            index={index}
            count={args.length}
            fault={faultOf(index)}
            onType={(place, next) =>
              onType(
                `${index}.${place}`,
                args.map((other, at) => (at === index ? next : other)),
              )
            }
            onMove={to => move(index, to)}
            onRemove={() =>
              onArrange(
                'Remove argument',
                args.filter((_, at) => at !== index),
              )
            }
          />
        ))}
      </ol>
    </div>
  )
}

interface ArgumentRowProps {
  readonly argument: Argument
  readonly index: number
  readonly count: number
  readonly fault: string | undefined
  readonly onType: (place: string, argument: Argument) => void
  readonly onMove: (to: number) => void
  readonly onRemove: () => void
}

function ArgumentRow({ argument, index, count, fault, onType, onMove, onRemove }: ArgumentRowProps) {
  const id = useId()
  const { name, type, desc } = argument
  const setType = (next: Argument['type']) => onType('type', { ...argument, type: next })
  return (
    <li className="tool-arg">
      <div className="field-line">
        <TextInput
          mono
          label={`Name of argument ${index + 1}`}
          value={name}
          aria-invalid={fault !== undefined || undefined}
          aria-describedby={fault === undefined ? undefined : id}
          onChange={next => onType('name', { ...argument, name: next })}
        />
        <TypeKindSelect type={type} onChange={setType} name={name} />
        <Menu
          align="end"
          trigger={<IconButton size="sm" label={`More for argument ${name}`} icon={<Ellipsis />} />}
          items={[
            { id: 'up', label: 'Move up', icon: <ArrowUp />, disabled: index === 0, onSelect: () => onMove(index - 1) },
            { id: 'down', label: 'Move down', icon: <ArrowDown />, disabled: index === count - 1, onSelect: () => onMove(index + 1) },
            'separator',
            { id: 'remove', label: 'Remove argument', icon: <Trash2 />, danger: true, onSelect: onRemove },
          ]}
        />
      </div>
      <TypeDetails type={type} onChange={setType} name={name} />
      <div className="field-line">
        <TextInput
          label={`Description of ${name}`}
          className="field-desc"
          placeholder="What it means, for the LM"
          value={desc}
          onChange={next => onType('desc', { ...argument, desc: next })}
        />
        <OptionalBox type={type} onChange={setType} name={name} />
      </div>
      {fault !== undefined && (
        <p id={id} className="field-problem" data-severity="error">
          {fault}
        </p>
      )}
    </li>
  )
}

function freeName(args: readonly Argument[]): string {
  let number = args.length + 1
  while (args.some(argument => argument.name === `arg_${number}`)) number += 1
  return `arg_${number}`
}
