import type { NodeStream } from '@/state/runs/live/node-stream'
import { PanelSection } from '@/ui/panel'
import { ValuesList } from './values-list'

/** What has come of a step's answer so far: its outputs, and the thoughts of the model apart. */
export function StreamSections({ stream: { fields, reasoning, isCut } }: { stream: NodeStream }) {
  const hasFields = Object.keys(fields).length > 0
  return (
    <>
      {isCut && <p className="prompt-note">The run was stopped while this answer came. This is what had come; nothing of it was kept.</p>}
      {hasFields && (
        <PanelSection title={isCut ? 'Outputs, cut' : 'Outputs, being written'}>
          <ValuesList values={fields} />
        </PanelSection>
      )}
      {reasoning !== '' && (
        <PanelSection title="Thoughts of the model">
          <pre className="raw-completion">{reasoning}</pre>
        </PanelSection>
      )}
    </>
  )
}
