import { onUse } from '@/lib/on-use'
import { layOutProgram } from '../document/edits/lay-out'
import { shownProject } from '../document/shown-program'
import { notify } from '../session/notices'
import { projectStore } from '../document/project-store'
import { sendSessionEvent } from '../session/session-events'
import { select, sessionStore } from '../session/session-store'
import { looksLikePython } from '@/engine/signature/python/looks-like-python'
import { askForPython } from '../session/python-ask'
import { hasProject, type Command } from './command'

/** What changes a program is there with the canvas; the first page, which lists its commands, does without. */
const edits = onUse(() => import('../document/edits/graph-edits'))

export const canvasCommands: readonly Command[] = [
  {
    id: 'duplicate',
    title: 'Duplicate selection',
    group: 'Edit',
    icon: 'copy-plus',
    shortcut: 'Mod+D',
    isCanvasKey: true,
    enabled: hasSelectedNodes,
    run: async () => {
      const { selectedNodes } = sessionStore.getState()
      ;(await edits()).duplicateNodes(selectedNodes)
    },
  },
  {
    id: 'copy',
    title: 'Copy selection',
    group: 'Edit',
    icon: 'copy',
    shortcut: 'Mod+C',
    isCanvasKey: true,
    enabled: hasSelectedNodes,
    run: () => copySelection(sessionStore.getState().selectedNodes),
  },
  {
    id: 'cut',
    title: 'Cut selection',
    group: 'Edit',
    icon: 'scissors',
    shortcut: 'Mod+X',
    isCanvasKey: true,
    enabled: hasSelectedNodes,
    run: async () => {
      const { selectedNodes } = sessionStore.getState()
      if (await copySelection(selectedNodes)) (await edits()).removeItems(selectedNodes)
    },
  },
  {
    id: 'paste',
    title: 'Paste nodes',
    group: 'Edit',
    icon: 'clipboard-paste',
    shortcut: 'Mod+V',
    isCanvasKey: true,
    enabled: hasProject,
    run: paste,
  },
  {
    id: 'delete',
    title: 'Delete selection',
    group: 'Edit',
    icon: 'trash-2',
    shortcut: 'Delete',
    otherShortcuts: ['Backspace'],
    isCanvasKey: true,
    enabled: () => hasSelectedNodes() || (hasProject() && sessionStore.getState().selectedEdges.length > 0),
    run: async () => {
      const { selectedNodes, selectedEdges } = sessionStore.getState()
      ;(await edits()).removeItems(selectedNodes, selectedEdges)
    },
  },
  {
    id: 'select-all',
    title: 'Select all nodes',
    group: 'Edit',
    icon: 'square-dashed-mouse-pointer',
    shortcut: 'Mod+A',
    isCanvasKey: true,
    enabled: () => (projectStore.getState().project?.graph.nodes.length ?? 0) > 0,
    run: () => {
      const { nodes, edges } = shownProject().graph
      select(
        nodes.map(node => node.id),
        edges.map(edge => edge.id),
      )
    },
  },
  {
    id: 'auto-layout',
    title: 'Lay out the program',
    group: 'Canvas',
    icon: 'layout-dashboard',
    shortcut: 'Mod+Shift+L',
    enabled: () => (projectStore.getState().project?.graph.nodes.length ?? 0) > 0,
    run: async () => {
      if (await layOutProgram()) sendSessionEvent('fit-view')
    },
  },
  {
    id: 'fit-view',
    title: 'Fit the program into view',
    group: 'Canvas',
    icon: 'maximize',
    shortcut: 'Mod+1',
    enabled: hasProject,
    run: () => sendSessionEvent('fit-view'),
  },
  {
    id: 'add-node',
    title: 'Add a node',
    group: 'Canvas',
    icon: 'plus',
    shortcut: 'A',
    isCanvasKey: true,
    enabled: hasProject,
    run: () => sendSessionEvent('add-node'),
  },
]

function hasSelectedNodes(): boolean {
  return hasProject() && sessionStore.getState().selectedNodes.length > 0
}

/** The last copy, for browsers that refuse to read the clipboard. */
let lastCopy = ''

async function copySelection(nodes: readonly string[]): Promise<boolean> {
  lastCopy = (await edits()).copyNodes(nodes)
  try {
    await navigator.clipboard.writeText(lastCopy)
  } catch {
    notify({ title: 'Copied within this tab only', detail: 'The browser did not allow writing to the clipboard.', tone: 'warn' })
  }
  return true
}

async function paste(): Promise<void> {
  await pasteText(await navigator.clipboard.readText().catch(() => lastCopy))
}

/** What reads nodes and signatures comes with the first paste: most visits have none. */
export async function pasteText(text: string): Promise<void> {
  if (looksLikePython(text)) return askForPython({ text })
  const { pasteNodes } = await import('../document/edits/paste-nodes')
  const pasted = pasteNodes(text)
  if (!Array.isArray(pasted) && 'reason' in pasted) notify({ title: 'Nothing to paste', detail: pasted.reason, tone: 'warn' })
}
