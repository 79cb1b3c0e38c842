import { flushSave, projectStore, redo, undo } from '../document/project-store'
import { hasProject, type Command } from './command'

export const documentCommands: readonly Command[] = [
  {
    id: 'undo',
    title: 'Undo',
    group: 'Edit',
    icon: 'undo-2',
    shortcut: 'Mod+Z',
    enabled: () => projectStore.getState().canUndo,
    run: undo,
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    icon: 'redo-2',
    shortcut: 'Mod+Shift+Z',
    otherShortcuts: ['Mod+Y'],
    enabled: () => projectStore.getState().canRedo,
    run: redo,
  },
  {
    id: 'save',
    title: 'Save now',
    group: 'Project',
    icon: 'save',
    shortcut: 'Mod+S',
    worksWhileTyping: true,
    enabled: hasProject,
    run: flushSave,
  },
]
