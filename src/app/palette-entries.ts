import { useMemo } from 'react'
import type { ShownCommand } from '@/state/commands/run-command'
import { useCommands } from '@/state/commands/run-command'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { useProjectStore } from '@/state/document/project-store'
import { useProjects, useRuns } from '@/state/session/queries'
import { sendSessionEvent } from '@/state/session/session-events'
import { select } from '@/state/session/session-store'
import type { PaletteEntry } from './palette-match'

/** All that the palette can do now: commands, then nodes, runs and projects to go to. */
export function usePaletteEntries(): readonly PaletteEntry[] {
  const commands = useCommands()
  const project = useProjectStore(state => state.project)
  const projects = useProjects().data
  const runs = useRuns(project?.id ?? '').data
  return useMemo(() => {
    const nodes = (project?.graph.nodes ?? []).map(node => ({
      id: `node:${node.id}`,
      title: node.name,
      group: 'Nodes',
      icon: 'workflow',
      run: () => {
        if (project) goTo(paths.project(project.id))
        select([node.id])
        sendSessionEvent('focus-inspector')
      },
    }))
    const recentRuns = (project ? (runs ?? []) : []).slice(0, 20).map(run => ({
      id: `run:${run.id}`,
      title: run.title,
      group: 'Runs',
      icon: 'history',
      run: () => goTo(paths.run(run.projectId, run.id)),
    }))
    const others = (projects ?? [])
      .filter(other => other.id !== project?.id)
      .map(other => ({
        id: `project:${other.id}`,
        title: other.name,
        group: 'Projects',
        icon: 'layout-grid',
        run: () => goTo(paths.project(other.id)),
      }))
    const offered = commands.filter(isOffered).toSorted((a, b) => groupOrder.indexOf(a.group) - groupOrder.indexOf(b.group))
    return [...offered.map(entryOf), ...nodes, ...recentRuns, ...others]
  }, [commands, project, projects, runs])
}

const groupOrder: readonly ShownCommand['group'][] = ['Run', 'Go to', 'Canvas', 'Edit', 'Project', 'View']

function isOffered(command: ShownCommand): boolean {
  return command.isEnabled && command.id !== 'palette'
}

function entryOf(command: ShownCommand): PaletteEntry {
  const { id, title, group, icon, shortcut } = command
  return { id, title, group, icon, shortcut, run: () => void command.run() }
}
