import { projectStore } from '../document/project-store'

export type CommandGroup = 'Edit' | 'Canvas' | 'Run' | 'Go to' | 'Project' | 'View'

/** One action of a user, wherever it is offered. */
export interface Command {
  readonly id: string
  /** Sentence case, starts with a verb. */
  readonly title: string
  readonly group: CommandGroup
  /** Name of a lucide icon. */
  readonly icon?: string
  /** `Mod+Enter`, `Delete`, `?`. */
  readonly shortcut?: string
  /** Further keys for the same, not shown. */
  readonly otherShortcuts?: readonly string[]
  /** Also taken while a text box has the focus. */
  readonly worksWhileTyping?: boolean
  /** Taken only while the canvas has the focus. */
  readonly isCanvasKey?: boolean
  readonly needsProject?: boolean
  enabled(): boolean
  run(): void | Promise<void>
}

export function hasProject(): boolean {
  return projectStore.getState().project !== null
}
