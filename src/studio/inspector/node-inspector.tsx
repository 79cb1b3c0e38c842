import { z } from 'zod'
import { pathWithin } from '@/engine/program/bodies'
import { stepOf, type Step } from '@/engine/modules/registry'
import type { StepEditor } from '@/engine/modules/step'
import type { NodeId, ProgramNode } from '@/engine/program/program'
import { useShownPath, useShownProject } from '@/state/document/shown-program'
import { renameNode } from '@/state/document/edits/graph-edits'
import { setInspectorTab, useSession, type InspectorTab } from '@/state/session/session-store'
import { useNodeStatus } from '@/state/runs/live/live-runs'
import { TabPanel, Tabs, type TabItem } from '@/ui/tabs'
import { whenShown } from '@/ui/when-shown'
import { NodeAdapter } from './adapter-choice'
import { CodeTab } from './code-tab'
import { FieldsTab } from './fields-tab'
import { InstructionsTab } from './instructions-tab'
import { ModuleRow } from './module-row'
import { NameBox } from './name-box'
import { NodeProblems } from './node-problems'

/** One node. The tab stays open from node to node, where the next one has it. */
export function NodeInspector({ nodeId }: { nodeId: NodeId }) {
  const node = useShownProject(project => project.graph.nodes.find(each => each.id === nodeId))
  const wanted = useSession(session => session.inspectorTab)
  const { status } = useNodeStatus(pathWithin(useShownPath(), nodeId))
  if (!node) return null
  const step = stepOf(node)
  const tabs = tabsOf(node, status === 'failed')
  const tab = tabs.some(each => each.value === wanted) ? wanted : (tabs[0]?.value ?? 'signature')
  return (
    <>
      <div className="inspector-top">
        <h2 className="sr-only">Node {node.name}</h2>
        <NameBox key={node.name} name={node.name} onCommit={name => renameNode(node.id, name)} />
        {'module' in node && <ModuleRow node={node} />}
        {step && asks(step) && <NodeAdapter node={step.node} />}
        <NodeProblems nodeId={nodeId} />
      </div>
      <Tabs<InspectorTab> value={tab} onChange={setInspectorTab} tabs={tabs} label={`About ${node.name}`} className="inspector-tabs">
        <TabPanel value="signature" className="inspector-panel">
          <FieldsTab node={node} />
        </TabPanel>
        <TabPanel value="settings" className="inspector-panel">
          {step && <SettingsTab key={`${node.id} ${step.id}`} step={step} />}
        </TabPanel>
        <TabPanel value="code" className="inspector-panel">
          {'source' in node && <CodeTab node={node} />}
        </TabPanel>
        <TabPanel value="text" className="inspector-panel">
          {node.kind === 'template' && <TextTab node={node} />}
        </TabPanel>
        <TabPanel value="values" className="inspector-panel">
          {node.kind === 'constant' && <ValuesTab node={node} />}
        </TabPanel>
        <TabPanel value="ways" className="inspector-panel">
          {node.kind === 'branch' && <WaysTab node={node} />}
        </TabPanel>
        <TabPanel value="instructions" className="inspector-panel">
          {step && <InstructionsTab node={step.node} />}
        </TabPanel>
        <TabPanel value="programs" className="inspector-panel">
          {step && <ProgramsTab step={step} />}
        </TabPanel>
        <TabPanel value="prompt" className="inspector-panel">
          {step && <PromptTab node={step.node} />}
        </TabPanel>
        <TabPanel value="run" className="inspector-panel">
          <OutputTab node={node} />
        </TabPanel>
      </Tabs>
    </>
  )
}

/** What a step has of its own decides the tabs, not its kind. */
function tabsOf(node: ProgramNode, isFailed: boolean): TabItem<InspectorTab>[] {
  const step = stepOf(node)
  const hasSettings = step !== undefined && Object.values(step.params.shape).some(isShown)
  const hasPredictors = step !== undefined && step.slots().length > 0
  return [
    ...('bodies' in node ? [{ value: 'programs' as const, label: 'Programs' }] : []),
    ...(step?.editor ? [{ value: step.editor, label: editorTitles[step.editor] }] : []),
    ...('source' in node ? [{ value: 'code' as const, label: 'Code' }] : []),
    { value: 'signature', label: hasPredictors ? 'Signature' : 'Fields' },
    ...(hasSettings ? [{ value: 'settings' as const, label: 'Settings' }] : []),
    ...(hasPredictors
      ? [
          { value: 'instructions' as const, label: 'Instructions' },
          { value: 'prompt' as const, label: 'Prompt' },
        ]
      : []),
    { value: 'run', label: isFailed ? failedOutput : 'Output' },
  ]
}

const editorTitles: Readonly<Record<StepEditor, string>> = { text: 'Text', values: 'Values', ways: 'Ways' }

/** A setting with another place than the form. */
function isShown(setting: z.core.$ZodType): boolean {
  return !(setting instanceof z.ZodType) || setting.meta()?.['widget'] !== 'hidden'
}

/** Its mark takes no room: five tabs just fit. */
const failedOutput = (
  <span className="relative">
    Output
    <span className="absolute -top-0.5 -right-1.5 size-1.5 rounded-full bg-bad" aria-hidden />
    <span className="sr-only">, failed</span>
  </span>
)

function asks(step: Step): boolean {
  return step.slots().length > 0 || step.bodies().length > 0
}

/** Fetched when they are shown: few steps have programs, and what came out is there after a run only. */
const ProgramsTab = whenShown(
  async () => (await import('./programs-tab')).ProgramsTab,
  () => <p className="inspector-waiting">Loading the programs…</p>,
)
const TextTab = whenShown(
  async () => (await import('./text-tab')).TextTab,
  () => <p className="inspector-waiting">Loading the text…</p>,
)
const ValuesTab = whenShown(
  async () => (await import('./values-tab')).ValuesTab,
  () => <p className="inspector-waiting">Loading the values…</p>,
)
const WaysTab = whenShown(
  async () => (await import('./ways-tab')).WaysTab,
  () => <p className="inspector-waiting">Loading the ways…</p>,
)
const OutputTab = whenShown(
  async () => (await import('./output-tab')).OutputTab,
  () => <p className="inspector-waiting">Loading the output…</p>,
)

/** Fetched when it is shown: it knows every adapter. */
const PromptTab = whenShown(
  async () => (await import('./prompt-tab')).PromptTab,
  () => <p className="inspector-waiting">Loading the prompt…</p>,
)

/** Fetched when a module with settings is shown: the editors of tools and code are large. */
const SettingsTab = whenShown(
  async () => (await import('./settings-tab')).SettingsTab,
  () => <p className="inspector-waiting">Loading the settings…</p>,
)
