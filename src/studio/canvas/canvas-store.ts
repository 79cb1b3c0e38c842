import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { EdgeId, NodeId } from '@/engine/program/program'
import type { Position } from '@/engine/project/project'
import { announce } from '@/ui/announcer'
import type { Verdict, Wire } from './wire-legality'

/** Where an add menu stands: on the screen (to draw it) and on the canvas (to put the node). */
export interface AddMenuPlace {
  readonly screen: Position
  readonly canvas: Position
  /** Set when the menu came from a wire dropped on empty canvas. */
  readonly wire?: Wire
}

/** What the hands are doing right now. Nothing here is kept: the document and the selection live in the state floor. */
export interface CanvasState {
  readonly wire?: Wire
  readonly verdicts?: ReadonlyMap<string, Verdict>
  readonly addMenu?: AddMenuPlace
  /** What the context menu was opened on. */
  readonly menuTarget: { readonly canvas: Position; readonly node?: NodeId; readonly edge?: EdgeId }
  readonly renaming?: NodeId
  readonly note?: { readonly text: string; readonly screen: Position; readonly id: number }
  /** Steps whose predictors are shown on their cards. */
  readonly expandedNodes: ReadonlySet<NodeId>
  readonly tool: 'pointer' | 'hand'
  readonly isOutlineOpen: boolean
  readonly isPaletteOpen: boolean
  readonly isMinimapOpen: boolean
}

const wideFrom = 1200

export const canvasStore = createStore<CanvasState>(() => ({
  menuTarget: { canvas: { x: 0, y: 0 } },
  expandedNodes: new Set(),
  tool: 'pointer',
  isOutlineOpen: false,
  isPaletteOpen: isWide(),
  isMinimapOpen: isWide(),
}))

/** On a small screen the program gets the room first. */
function isWide(): boolean {
  return typeof innerWidth === 'undefined' || innerWidth >= wideFrom
}

/** Folds palette and minimap when the window becomes small, and unfolds them when it becomes wide again. Returns what stops it. */
export function followWindow(page: Window): () => void {
  const wide = page.matchMedia(`(min-width: ${wideFrom}px)`)
  const follow = (): void => setCanvas({ isPaletteOpen: wide.matches, isMinimapOpen: wide.matches })
  wide.addEventListener('change', follow)
  return () => wide.removeEventListener('change', follow)
}

export function useCanvas<T>(selector: (state: CanvasState) => T): T {
  return useStore(canvasStore, selector)
}

export function setCanvas(patch: Partial<CanvasState>): void {
  canvasStore.setState(patch)
}

/** Shows a sentence beside the pointer for a few seconds, and says it. */
export function showNote(text: string, screen: Position): void {
  noteCount += 1
  const id = noteCount
  canvasStore.setState({ note: { text, screen, id } })
  announce(text)
  setTimeout(() => {
    if (canvasStore.getState().note?.id === id) canvasStore.setState({ note: undefined })
  }, 4500)
}

let noteCount = 0
