import { adapterHelp } from '@/engine/adapters/adapter-help'
import { adapterIds, defaultAdapterId, isAdapterId } from '@/engine/program/adapter-id'
import type { SignatureNode } from '@/engine/program/program'
import { setNodeAdapter } from '@/state/document/edits/node-edits'
import { setAdapter } from '@/state/document/edits/project-edits'
import { useProject } from '@/state/document/project-store'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'

const options = adapterIds.map(id => ({ value: id, label: adapterHelp[id].title, hint: adapterHelp[id].help }))

/** How prompts are laid out and answers read in all steps that choose nothing themselves. */
export function ProgramAdapter() {
  const adapter = useProject(project => project.graph.adapter ?? defaultAdapterId)
  return (
    <FormField label="Lays out prompts and reads answers" help={adapterHelp[adapter].help}>
      <Select value={adapter} onChange={setAdapter} options={options} />
    </FormField>
  )
}

/** The adapter of one step: the program's, or one of its own. */
export function NodeAdapter({ node }: { node: SignatureNode }) {
  const common = useProject(project => project.graph.adapter ?? defaultAdapterId)
  return (
    <FormField label="Adapter">
      <Select
        value={node.adapter ?? ''}
        onChange={id => setNodeAdapter(node.id, isAdapterId(id) ? id : undefined)}
        options={[{ value: '', label: `Program’s (${adapterHelp[common].title})`, hint: 'Whatever the program is set to' }, ...options]}
      />
    </FormField>
  )
}
