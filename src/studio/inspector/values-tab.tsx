import type { ConstantNode } from '@/engine/program/program'
import { updateField } from '@/state/document/edits/node-edits'
import { PanelSection } from '@/ui/panel'
import { ValueInput } from './value-input'

/** The values of a constant: one for each of its outputs. */
export function ValuesTab({ node }: { node: ConstantNode }) {
  const outputs = node.fields.filter(({ role }) => role === 'output')
  return (
    <PanelSection>
      <div className="flex flex-col gap-3">
        {outputs.map(({ id, name, type, default: value }) => (
          <ValueInput
            key={id}
            label={name}
            type={type}
            value={value}
            // An emptied box means "not given", but nothing is a text, too.
            onChange={next => updateField(node.id, id, { default: next ?? (type.kind === 'str' ? '' : undefined) })}
          />
        ))}
        <p className="inspector-faint">Every row gets the same. Add, rename or type values under Fields.</p>
      </div>
    </PanelSection>
  )
}
