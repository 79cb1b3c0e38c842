import { Play } from 'lucide-react'
import { readTemplate } from '@/engine/modules/template-text'
import { pathWithin } from '@/engine/program/bodies'
import type { TemplateNode } from '@/engine/program/program'
import { setTemplateText } from '@/state/document/edits/node-edits'
import { useShownPath } from '@/state/document/shown-program'
import { useNodeStatus } from '@/state/runs/live/live-runs'
import { runRow } from '@/state/runs/actions/run-commands'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { PanelSection } from '@/ui/panel'
import { TextArea } from '@/ui/text-area'
import { ValuesList } from './values-list'

/** The text of a template, with what came of it in the last run. */
export function TextTab({ node }: { node: TemplateNode }) {
  const status = useNodeStatus(pathWithin(useShownPath(), node.id))
  const { text = '' } = node.moduleParams
  const written = typeof text === 'string' ? text : ''
  const reading = readTemplate(written)
  return (
    <>
      <PanelSection>
        <FormField
          label="Text"
          help="Write {name} where the value of an input belongs: the input is made as you type. Write {{ and }} for braces of the text."
          {...(reading.ok ? {} : { error: reading.problem })}
          aside={
            <Button size="sm" variant="ghost" icon={<Play />} onClick={() => void runRow()}>
              Run on the active row
            </Button>
          }
        >
          <TextArea mono autoGrow rows={6} spellCheck={false} value={written} onChange={next => setTemplateText(node.id, next)} />
        </FormField>
      </PanelSection>
      {status.outputs && (
        <PanelSection title={status.status === 'stale' ? 'Written in the last run (changed since)' : 'Written in the last run'}>
          <ValuesList values={status.outputs} />
        </PanelSection>
      )}
    </>
  )
}
