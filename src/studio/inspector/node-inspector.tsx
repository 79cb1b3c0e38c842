import { useShownPath, useShownProject } from '@/state/document/shown-program'
import { lazy, Suspense } from 'react'
import { pathWithin } from '@/engine/program/bodies'
import { stepOf, type Step } from '@/engine/modules/registry'
import type { NodeId, ProgramNode } from '@/engine/program/program'
import { renameNode } from '@/state/document/edits/graph-edits'
import { setInspectorTab, useSession, type InspectorTab } from '@/state/session/session-store'
import { useNodeStatus } from '@/state/runs/live/live-runs'
import { TabPanel, Tabs, type TabItem } from '@/ui/tabs'
import { NodeAdapter } from './adapter-choice'
import { CodeTab } from './code-tab'
import { FieldsTab } from './fields-tab'
import { InstructionsTab } from './instructions-tab'
import { ModuleRow } from './module-row'
import { NameBox } from './name-box'
import { NodeProblems } from './node-problems'
import { OutputTab } from './output-tab'
import { ProgramsTab } from './programs-tab'
import { PromptTab } from './prompt-tab'

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
          <Suspense fallback={<p className="inspector-waiting">Loading the settings…</p>}>
            {step && <SettingsTab key={`${node.id} ${step.kind.id}`} node={step.node} kind={step.kind} />}
          </Suspense>
        </TabPanel>
        <TabPanel value="code" className="inspector-panel">
          {'source' in node && <CodeTab node={node} />}
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
  const hasSettings = step !== undefined && Object.keys(step.kind.params.shape).length > 0
  const hasPredictors = step !== undefined && step.kind.slots(step.node).length > 0
  return [
    ...('bodies' in node ? [{ value: 'programs' as const, label: 'Programs' }] : []),
    ...('source' in node ? [{ value: 'code' as const, label: 'Code' }] : []),
    { value: 'signature', label: hasPredictors ? 'Signature' : 'Fields' },
    ...(hasSettings ? [{ value: 'settings' as const, label: 'Settings' }] : []),
    ...(hasPredictors
      ? [
          { value: 'instructions' as const, label: 'Instructions' },
          { value: 'prompt' as const, label: 'Prompt' },
        ]
      : []),
    { value: 'run', label: isFailed ? 'Output !' : 'Output' },
  ]
}

function asks({ node, kind }: Step): boolean {
  return kind.slots(node).length > 0 || kind.bodies(node).length > 0
}

/** Fetched when a module with settings is shown: the editors of tools and code are large. */
const SettingsTab = lazy(async () => ({ default: (await import('./settings-tab')).SettingsTab }))
