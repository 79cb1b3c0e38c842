import { useShownBody, useShownProject } from '@/state/document/shown-program'
import { adapterHelp } from '@/engine/adapters/adapter-help'
import { adapterIds, defaultAdapterId, isAdapterId } from '@/engine/program/adapter-id'
import { dspyExactHelp } from '@/engine/program/dspy-exact'
import { jsonFallbackHelp, jsonFallbackOf, jsonFallbacks } from '@/engine/program/json-fallback'
import { nativeToolsHelp } from '@/engine/program/native-tools-help'
import type { StepNode } from '@/engine/program/program'
import { setBodyAdapter, setNodeAdapter } from '@/state/document/edits/node-edits'
import { setAdapter, setDspyExact, setJsonFallback, setNativeTools } from '@/state/document/edits/project-edits'
import { useProject } from '@/state/document/project-store'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'
import { Switch } from '@/ui/switch'

const options = adapterIds.map(id => ({ value: id, label: adapterHelp[id].title, hint: adapterHelp[id].help }))

/** A project of another version may name one that is not known here. */
function helpOf(id: string): { readonly title: string; readonly help: string } {
  return isAdapterId(id) ? adapterHelp[id] : { title: `“${id}”`, help: `This version does not know the adapter “${id}”. Choose another.` }
}

/** How prompts are laid out and answers read in all steps that choose nothing themselves. */
export function ProgramAdapter() {
  const adapter = useShownProject(project => project.graph.adapter ?? defaultAdapterId)
  return (
    <FormField label="Lays out prompts and reads answers" help={helpOf(adapter).help}>
      <Select value={adapter} onChange={setAdapter} options={options} />
    </FormField>
  )
}

/** The same for a program within a step. */
export function BodyAdapter() {
  const own = useShownBody()?.graph.adapter
  return (
    <FormField label="Lays out prompts and reads answers" help={own === undefined ? '' : helpOf(own).help}>
      <Select
        value={own ?? ''}
        onChange={id => setBodyAdapter(isAdapterId(id) ? id : undefined)}
        options={[{ value: '', label: 'As around it', hint: 'Whatever the step, or else the program, is set to' }, ...options]}
      />
    </FormField>
  )
}

/** How often a question is asked again where its answer cannot be read. */
export function ProgramJsonFallback() {
  const value = useProject(project => jsonFallbackOf(project.graph))
  return (
    <FormField
      label="An answer that cannot be read is asked for"
      help="Such requests are counted apart, and are shown in the trace after the first."
    >
      <Select value={value} onChange={setJsonFallback} options={fallbackOptions} />
    </FormField>
  )
}

/** Whether answers are read to DSPy's letter. */
export function ProgramDspyExact() {
  const isExact = useProject(project => project.graph.dspyExact === true)
  return (
    <div>
      <Switch checked={isExact} onChange={setDspyExact} label={dspyExactHelp.title} />
      <p className="inspector-faint">{dspyExactHelp.help}</p>
    </div>
  )
}

/** Whether tools are called through the API of a model. */
export function ProgramNativeTools() {
  const isOn = useProject(project => project.graph.nativeTools === true)
  return (
    <div>
      <Switch checked={isOn} onChange={setNativeTools} label={nativeToolsHelp.title} />
      <p className="inspector-faint">{nativeToolsHelp.help}</p>
    </div>
  )
}

const fallbackOptions = jsonFallbacks.map(id => ({ value: id, label: jsonFallbackHelp[id].title, hint: jsonFallbackHelp[id].help }))

/** The adapter of one step: the program's, or one of its own. */
export function NodeAdapter({ node }: { node: StepNode }) {
  const common = useShownProject(project => project.graph.adapter ?? defaultAdapterId)
  return (
    <FormField label="Adapter">
      <Select
        value={node.adapter ?? ''}
        onChange={id => setNodeAdapter(node.id, isAdapterId(id) ? id : undefined)}
        options={[{ value: '', label: `Program’s (${helpOf(common).title})`, hint: 'Whatever the program is set to' }, ...options]}
      />
    </FormField>
  )
}
