import { useState } from 'react'
import { moduleKind } from '@/engine/modules/registry'
import type { ModuleId, NodeId, ProgramNode } from '@/engine/program/program'
import { renameNode } from '@/state/document/edits/graph-edits'
import { useProject } from '@/state/document/project-store'
import { setInspectorTab, useSession, type InspectorTab } from '@/state/session/session-store'
import { useNodeStatus } from '@/state/runs/live/live-runs'
import { FormField } from '@/ui/form-field'
import { TabPanel, Tabs, type TabItem } from '@/ui/tabs'
import { TextInput } from '@/ui/text-input'
import { whenShown } from '@/ui/when-shown'
import { NodeAdapter } from './adapter-choice'
import { CodeTab } from './code-tab'
import { FieldsTab } from './fields-tab'
import { InstructionsTab } from './instructions-tab'
import { ModuleRow } from './module-row'
import { NodeProblems } from './node-problems'
import { OutputTab } from './output-tab'

/** One node. The tab stays open from node to node, where the next one has it. */
export function NodeInspector({ nodeId }: { nodeId: NodeId }) {
  const node = useProject(project => project.graph.nodes.find(each => each.id === nodeId))
  const wanted = useSession(session => session.inspectorTab)
  const { status } = useNodeStatus(nodeId)
  if (!node) return null
  const tabs = tabsOf(node, status === 'failed')
  const tab = tabs.some(each => each.value === wanted) ? wanted : (tabs[0]?.value ?? 'signature')
  return (
    <>
      <div className="inspector-top">
        <h2 className="sr-only">Node {node.name}</h2>
        <NameBox key={node.name} node={node} />
        {node.kind === 'signature' && <ModuleRow node={node} />}
        {node.kind === 'signature' && <NodeAdapter node={node} />}
        <NodeProblems nodeId={nodeId} />
      </div>
      <Tabs<InspectorTab> value={tab} onChange={setInspectorTab} tabs={tabs} label={`About ${node.name}`} className="inspector-tabs">
        <TabPanel value="signature" className="inspector-panel">
          <FieldsTab node={node} />
        </TabPanel>
        <TabPanel value="settings" className="inspector-panel">
          {node.kind === 'signature' && <SettingsTab key={`${node.id} ${node.module}`} node={node} />}
        </TabPanel>
        <TabPanel value="code" className="inspector-panel">
          {node.kind === 'code' && <CodeTab node={node} />}
        </TabPanel>
        <TabPanel value="instructions" className="inspector-panel">
          {node.kind === 'signature' && <InstructionsTab node={node} />}
        </TabPanel>
        <TabPanel value="prompt" className="inspector-panel">
          {node.kind === 'signature' && <PromptTab node={node} />}
        </TabPanel>
        <TabPanel value="run" className="inspector-panel">
          <OutputTab node={node} />
        </TabPanel>
      </Tabs>
    </>
  )
}

function tabsOf(node: ProgramNode, isFailed: boolean): TabItem<InspectorTab>[] {
  const output = { value: 'run' as const, label: isFailed ? 'Output !' : 'Output' }
  switch (node.kind) {
    case 'signature':
      return [
        { value: 'signature', label: 'Signature' },
        ...(hasSettings(node.module) ? [{ value: 'settings' as const, label: 'Settings' }] : []),
        { value: 'instructions', label: 'Instructions' },
        { value: 'prompt', label: 'Prompt' },
        output,
      ]
    case 'code':
      return [{ value: 'code', label: 'Code' }, { value: 'signature', label: 'Fields' }, output]
    default:
      return [{ value: 'signature', label: 'Fields' }, output]
  }
}

function hasSettings(module: ModuleId): boolean {
  const kind = moduleKind(module)
  return kind !== undefined && Object.keys(kind.params.shape).length > 0
}

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

/** The name is a label: it can change at any time, and nothing hangs on it. */
function NameBox({ node }: { node: ProgramNode }) {
  const [draft, setDraft] = useState(node.name)
  const [reason, setReason] = useState<string>()
  const commit = () => {
    const name = draft.trim()
    if (name === '' || name === node.name) {
      setDraft(node.name)
      setReason(undefined)
      return
    }
    const result = renameNode(node.id, name)
    setReason(result.ok ? undefined : result.reason)
  }
  return (
    <FormField label="Name" {...(reason === undefined ? {} : { error: reason })}>
      <TextInput
        value={draft}
        onChange={setDraft}
        onBlur={commit}
        onKeyDown={event => {
          if (event.key === 'Enter') commit()
          if (event.key === 'Escape') setDraft(node.name)
        }}
      />
    </FormField>
  )
}
