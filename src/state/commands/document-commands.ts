import { flushSave } from '../document/project-store'
import { hasStep, redo, undo } from '../document/undo'
import { hasProject, type Command } from './command'

export const documentCommands: readonly Command[] = [
  {
    id: 'undo',
    title: 'Undo',
    group: 'Edit',
    icon: 'undo-2',
    shortcut: 'Mod+Z',
    enabled: () => hasStep('undo'),
    run: undo,
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    icon: 'redo-2',
    shortcut: 'Mod+Shift+Z',
    otherShortcuts: ['Mod+Y'],
    enabled: () => hasStep('redo'),
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
