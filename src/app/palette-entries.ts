import { useMemo } from 'react'
import { bodyPath, type BodyPath } from '@/engine/program/bodies'
import { stepOf } from '@/engine/modules/registry'
import type { ProgramGraph } from '@/engine/program/program'
import type { ShownCommand } from '@/state/commands/run-command'
import { useCommands } from '@/state/commands/run-command'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { useProjectStore } from '@/state/document/project-store'
import { openBody } from '@/state/document/shown-program'
import { useProjects, useRuns } from '@/state/session/queries'
import { sendSessionEvent } from '@/state/session/session-events'
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
        openBody(undefined, [node.id])
        sendSessionEvent('focus-inspector')
      },
    }))
    const programs = (project ? bodiesIn(project.graph) : []).map(({ path, title }) => ({
      id: `program:${path}`,
      title,
      group: 'Programs of steps',
      icon: 'vote',
      run: () => {
        if (project) goTo(paths.project(project.id))
        openBody(path)
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
    return [...offered.map(entryOf), ...nodes, ...programs, ...recentRuns, ...others]
  }, [commands, project, projects, runs])
}

/** The programs within steps, also those within them, each after its step. */
function bodiesIn(graph: ProgramGraph, outer = ''): readonly { readonly path: BodyPath; readonly title: string }[] {
  return graph.nodes.flatMap(node => {
    const step = stepOf(node)
    return (step?.kind.bodies(step.node) ?? []).flatMap(({ body }) => {
      const path = bodyPath(outer + node.id, body.id)
      return [{ path, title: `${node.name} › ${body.name}` }, ...bodiesIn(body.graph, `${path}/`)]
    })
  })
}

const groupOrder: readonly ShownCommand['group'][] = ['Run', 'Go to', 'Canvas', 'Edit', 'Project', 'View']

function isOffered(command: ShownCommand): boolean {
  return command.isEnabled && command.id !== 'palette'
}

function entryOf(command: ShownCommand): PaletteEntry {
  const { id, title, group, icon, shortcut } = command
  return { id, title, group, icon, shortcut, run: () => void command.run() }
}
