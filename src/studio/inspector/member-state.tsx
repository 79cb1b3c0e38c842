import { useState } from 'react'
import { ChevronDown, ChevronRight } from 'lucide-react'
import type { Demo, EnsembleMember } from '@/engine/program/program'
import type { Field } from '@/engine/signature/signature'
import { PanelSection } from '@/ui/panel'
import { demoLine } from './demo-card'
import { ValuesList } from './values-list'

interface MemberStateProps {
  readonly member: EnsembleMember
  readonly fields: readonly Field[]
}

/** Instructions and demos of one member of an ensemble, to read. */
export function MemberState({ member: { instructions, demos }, fields }: MemberStateProps) {
  return (
    <>
      <PanelSection title="Instructions">
        <p className="member-instructions">{instructions}</p>
      </PanelSection>
      <PanelSection title={demos.length === 0 ? 'Demos' : `Demos (${demos.length})`}>
        {demos.length === 0 ? (
          <p className="inspector-faint">None.</p>
        ) : (
          <ol className="demo-list">
            {demos.map((demo, index) => (
              <ShownDemo key={index} demo={demo} fields={fields} />
            ))}
          </ol>
        )}
      </PanelSection>
    </>
  )
}

function ShownDemo({ demo: { augmented: _augmented, ...values }, fields }: { readonly demo: Demo; readonly fields: readonly Field[] }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <li className="demo-card">
      <button type="button" className="demo-toggle w-full" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />}
        <span className="demo-words">{demoLine(values, fields) || 'Empty demo'}</span>
      </button>
      {isOpen && (
        <div className="demo-form">
          <ValuesList values={values} order={fields.map(field => field.name)} />
        </div>
      )}
    </li>
  )
}
