import { adapterHelp } from '@/engine/adapters/adapter-help'
import { adapterIds, defaultAdapterId, isAdapterId } from '@/engine/program/adapter-id'
import { jsonFallbackOf, jsonFallbacks, type JsonFallback } from '@/engine/program/json-fallback'
import type { SignatureNode } from '@/engine/program/program'
import { setNodeAdapter } from '@/state/document/edits/node-edits'
import { setAdapter, setJsonFallback } from '@/state/document/edits/project-edits'
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

const fallbacks: Readonly<Record<JsonFallback, { readonly label: string; readonly hint: string }>> = {
  once: { label: 'Once more, in JSON', hint: 'As DSPy does: one request more for that row' },
  twice: { label: 'Up to twice more, in JSON', hint: 'By schema, then as any JSON object: as DSPy did before 3.4' },
  never: { label: 'Not again', hint: 'The row fails: use_json_adapter_fallback=False' },
}

/** How often a question is asked again where its answer cannot be read. */
export function ProgramJsonFallback() {
  const value = useProject(project => jsonFallbackOf(project.graph))
  return (
    <FormField
      label="An answer that cannot be read is asked for"
      help="Such requests are counted apart, and stand in the trace behind the first."
    >
      <Select value={value} onChange={setJsonFallback} options={jsonFallbacks.map(id => ({ value: id, ...fallbacks[id] }))} />
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
