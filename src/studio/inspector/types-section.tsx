import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { ClassType } from '@/engine/signature/types/field-type'
import { typeName } from '@/engine/signature/type-name'
import { pythonStr } from '@/lib/python-text'
import { takeTypeEverywhere } from '@/state/document/edits/type-edits'
import { useKnownTypes, useUnlikeTypes } from '@/state/document/known-types'
import { Button } from '@/ui/button'
import { PanelSection } from '@/ui/panel'
import { freshType } from './type-choice'
import { TypeEditor } from './type-editor'

/** The types with a name of the whole project: made, opened and put right here. */
export function TypesSection() {
  const types = useKnownTypes()
  const unlike = useUnlikeTypes()
  const [edited, setEdited] = useState<{ readonly type: ClassType; readonly isNew: boolean }>()
  return (
    <PanelSection
      title="Types"
      actions={
        <Button size="sm" variant="ghost" icon={<Plus />} onClick={() => setEdited({ type: freshType(types), isNew: true })}>
          New<span className="sr-only"> type</span>
        </Button>
      }
    >
      {types.length === 0 && <p className="inspector-faint">None yet. A type with a name can be used by many fields.</p>}
      <ul className="type-list">
        {types.map(type => (
          <li key={type.name}>
            <button
              type="button"
              className="problem-row"
              aria-label={`Edit the type ${type.name}`}
              onClick={() => setEdited({ type, isNew: false })}
            >
              <span>
                <code>{type.name}</code> <span className="inspector-faint">{wordsOf(type)}</span>
              </span>
            </button>
            <Unlike shapes={unlike.find(([first]) => first?.name === type.name) ?? []} />
          </li>
        ))}
      </ul>
      {edited && <TypeEditor {...edited} onClose={() => setEdited(undefined)} />}
    </PanelSection>
  )
}

/** Several types of one name: one of them is chosen for all uses. */
function Unlike({ shapes }: { readonly shapes: readonly ClassType[] }) {
  if (shapes.length < 2) return null
  return (
    <div className="field-problem">
      <p>These differ and share the name. Choose the one that is meant:</p>
      {shapes.map((type, index) => (
        <Button key={index} size="sm" variant="ghost" onClick={() => takeTypeEverywhere(type)}>
          Use {wordsOf(type)}
        </Button>
      ))}
    </div>
  )
}

function wordsOf(type: ClassType): string {
  if (type.kind === 'enum-class') return type.members.map(({ value }) => pythonStr(value)).join(', ')
  return type.fields.map(({ name, type: of }) => `${name}: ${typeName(of)}`).join(', ')
}
