import { goTo } from '../session/navigation'
import { paths } from '../session/paths'
import { currentProject } from '../document/project-store'
import { sendSessionEvent } from '../session/session-events'
import { sessionStore, setTheme, type Theme } from '../session/session-store'
import { exportDspyJson, exportProjectFile } from '../export/export-commands'
import { hasProject, type Command } from './command'

export const screenCommands: readonly Command[] = [
  screen('go-build', { title: 'Go to Build', icon: 'workflow', shortcut: 'Alt+1', path: paths.project }),
  screen('go-data', { title: 'Go to Data', icon: 'table', shortcut: 'Alt+2', path: paths.data }),
  screen('go-compile', { title: 'Go to Compile', icon: 'sparkles', shortcut: 'Alt+3', path: paths.compile }),
  screen('go-runs', { title: 'Go to Runs', icon: 'history', shortcut: 'Alt+4', path: paths.runs }),
  {
    id: 'go-gallery',
    title: 'Go to the gallery',
    group: 'Go to',
    icon: 'layout-grid',
    enabled: () => true,
    run: () => goTo(paths.gallery()),
  },
  { id: 'go-settings', title: 'Go to Settings', group: 'Go to', icon: 'settings', enabled: () => true, run: () => goTo(paths.settings()) },
  { id: 'new-project', title: 'New project', group: 'Project', icon: 'plus', enabled: () => true, run: () => goTo(paths.gallery()) },
  {
    id: 'export-typescript',
    title: 'Export as TypeScript…',
    group: 'Project',
    icon: 'file-code',
    needsProject: true,
    enabled: hasProject,
    run: () => sendSessionEvent('open-export'),
  },
  {
    id: 'export-python',
    title: 'Export as Python…',
    group: 'Project',
    icon: 'file-code',
    needsProject: true,
    enabled: hasProject,
    run: () => sendSessionEvent('open-export-python'),
  },
  {
    id: 'export-project',
    title: 'Export project file',
    group: 'Project',
    icon: 'download',
    needsProject: true,
    enabled: hasProject,
    run: exportProjectFile,
  },
  {
    id: 'export-dspy',
    title: 'Export state for DSPy (JSON)',
    group: 'Project',
    icon: 'braces',
    needsProject: true,
    enabled: hasProject,
    run: exportDspyJson,
  },
  theme('light', 'Use the light theme', 'sun'),
  theme('dark', 'Use the dark theme', 'moon'),
  theme('system', 'Follow the theme of the system', 'monitor'),
  {
    id: 'palette',
    title: 'Search commands',
    group: 'View',
    icon: 'search',
    shortcut: 'Mod+K',
    worksWhileTyping: true,
    enabled: () => true,
    run: () => sendSessionEvent('open-palette'),
  },
  {
    id: 'shortcuts',
    title: 'Show keyboard shortcuts',
    group: 'View',
    icon: 'keyboard',
    shortcut: '?',
    enabled: () => true,
    run: () => sendSessionEvent('open-shortcuts'),
  },
]

function screen(
  id: string,
  about: { readonly title: string; readonly icon: string; readonly shortcut: string; path(projectId: string): string },
): Command {
  const { path, ...shown } = about
  return { id, group: 'Go to', needsProject: true, enabled: hasProject, run: () => goTo(path(currentProject().id)), ...shown }
}

function theme(id: Theme, title: string, icon: string): Command {
  return { id: `theme-${id}`, title, group: 'View', icon, enabled: () => sessionStore.getState().theme !== id, run: () => setTheme(id) }
}
