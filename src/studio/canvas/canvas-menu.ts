import { bodyPath } from '@/engine/program/bodies'
import { leaveBody, openBody, outerLocks, shownPath, shownProject, wholePath } from '@/state/document/shown-program'
import { lockedShare } from '@/engine/graph/locks'
import { predictorsWithin } from '@/engine/graph/predictors'
import type { Edge, Locks } from '@/engine/program/program'
import { stepOf } from '@/engine/modules/registry'
import { runCommand } from '@/state/commands/run-command'
import { disconnect } from '@/state/document/edits/graph-edits'
import { setLock } from '@/state/document/edits/state-edits'
import { select, sessionStore } from '@/state/session/session-store'
import { sendSessionEvent } from '@/state/session/session-events'
import type { MenuEntry } from '@/ui/menu-items'
import { askForPython } from '@/state/session/python-ask'
import { toast } from '@/ui/toast'
import { canvasStore, type CanvasState } from './canvas-store'
import { fitOptions, layOut, pasteText, renameSelection, type Flow } from './canvas-actions'
import { addKind } from './palette-drag'
import { nodeKinds } from './node-kinds'
import { openTypedRun, runNode } from './row-run'
import { runUntil } from './run-until'

/** What a right-click offers: on a node, on a wire, on empty canvas. */
export function canvasMenu(target: CanvasState['menuTarget'], flow: Flow): MenuEntry[] {
  if (target.node) return nodeMenu(target.node)
  if (target.edge) return edgeMenu(target.edge)
  return [
    { heading: 'Add here' },
    ...nodeKinds().map(({ kind, title, help }) => ({
      id: kind,
      label: title,
      hint: help,
      onSelect: () => void addKind(kind, target.canvas),
    })),
    'separator',
    { id: 'paste', label: 'Paste here', shortcut: 'Mod+V', onSelect: () => void pasteFromClipboard() },
    { id: 'python', label: 'From Python…', onSelect: () => askForPython({ text: '', at: target.canvas }) },
    { id: 'all', label: 'Select all', shortcut: 'Mod+A', onSelect: () => void runCommand('select-all') },
    { id: 'layout', label: 'Auto layout', shortcut: 'L', onSelect: () => void layOut(flow) },
    { id: 'fit', label: 'Fit all', shortcut: 'F', onSelect: () => void flow.fitView(fitOptions) },
    ...(shownPath() === undefined ? [] : [{ id: 'back', label: 'Back to the step', shortcut: 'Escape', onSelect: () => void leaveBody() }]),
  ]
}

function nodeMenu(nodeId: string): MenuEntry[] {
  const count = sessionStore.getState().selectedNodes.length
  const isOne = count < 2
  const some = isOne ? '' : ` ${count} nodes`
  return [
    ...(isOne
      ? ([
          { id: 'run', label: 'Run the active row', shortcut: 'Mod+Enter', onSelect: () => runNode(nodeId) },
          ...(shownPath() === undefined ? [{ id: 'until', label: 'Run until here', onSelect: () => void runUntil(nodeId) }] : []),
          { id: 'typed', label: 'Run with typed input…', onSelect: () => openTypedRun(nodeId) },
          { id: 'inspect', label: 'Open in inspector', shortcut: 'Enter', onSelect: () => inspect(nodeId) },
          ...bodyItems(nodeId),
          'separator',
          ...(isSignature(nodeId)
            ? [{ id: 'python', label: 'Signature from Python…', onSelect: () => askForPython({ text: '', node: nodeId }) }]
            : []),
          { id: 'rename', label: 'Rename', shortcut: 'F2', onSelect: () => setTimeout(renameSelection) },
          ...lockItems(nodeId),
        ] satisfies MenuEntry[])
      : []),
    { id: 'duplicate', label: `Duplicate${some}`, shortcut: 'Mod+D', onSelect: () => void runCommand('duplicate') },
    { id: 'copy', label: `Copy${some}`, shortcut: 'Mod+C', onSelect: () => void runCommand('copy') },
    { id: 'cut', label: `Cut${some}`, shortcut: 'Mod+X', onSelect: () => void runCommand('cut') },
    'separator',
    { id: 'delete', label: `Delete${some}`, shortcut: 'Delete', danger: true, onSelect: () => void runCommand('delete') },
  ]
}

/** The programs within a step. Of very many, the rest are in the inspector. */
function bodyItems(nodeId: string): MenuEntry[] {
  const node = shownProject().graph.nodes.find(({ id }) => id === nodeId)
  const step = node && stepOf(node)
  return (step?.bodies() ?? []).slice(0, mostBodies).map(({ body }) => ({
    id: `body-${body.id}`,
    label: `Open "${body.name}"`,
    onSelect: () => openBody(wholePath(bodyPath(nodeId, body.id))),
  }))
}
const mostBodies = 8

/** What optimizers may change in a step. */
function lockItems(nodeId: string): MenuEntry[] {
  const predictors = predictorsWithin(shownProject().graph, nodeId)
  if (predictors.length === 0) return []
  const item = (part: keyof Locks): MenuEntry => {
    const isLocked = lockedShare(predictors, part) === 'all'
    const outer = outerLocks()[part]
    if (outer !== undefined)
      return { id: `lock-${part}`, label: `Lock ${part}`, hint: `Locked by ${outer}`, disabled: true, onSelect: nothing }
    return { id: `lock-${part}`, label: `${isLocked ? 'Unlock' : 'Lock'} ${part}`, onSelect: () => setLock(nodeId, part, !isLocked) }
  }
  return ['separator', item('instructions'), item('demos'), 'separator']
}

function edgeMenu(edgeId: string): MenuEntry[] {
  const edge = shownProject().graph.edges.find(each => each.id === edgeId)
  return [
    { id: 'from', label: 'Go to its source', disabled: !edge, onSelect: () => goTo(edge, 'from') },
    { id: 'to', label: 'Go to its target', disabled: !edge, onSelect: () => goTo(edge, 'to') },
    'separator',
    { id: 'delete', label: 'Delete wire', shortcut: 'Delete', danger: true, onSelect: () => disconnect(edgeId) },
  ]
}

function goTo(edge: Edge | undefined, side: 'from' | 'to'): void {
  if (edge) select([edge[side].node])
}

function inspect(nodeId: string): void {
  select([nodeId])
  setTimeout(() => sendSessionEvent('focus-inspector'))
}

function nothing(): void {}

function isSignature(nodeId: string): boolean {
  return shownProject().graph.nodes.some(({ id, kind }) => id === nodeId && kind === 'signature')
}

/** A menu has no paste event, so the browser may ask whether it may read the clipboard. */
async function pasteFromClipboard(): Promise<void> {
  try {
    pasteText(await navigator.clipboard.readText(), canvasStore.getState().menuTarget.canvas)
  } catch {
    toast({ title: 'The browser did not let us read the clipboard', detail: 'Press Ctrl+V (⌘V) on the canvas instead.', tone: 'warn' })
  }
}
