import { paths } from '../session/paths'
import { goTo } from '../session/navigation'
import { activeRuns, liveRuns } from '../runs/live/live-runs'
import { currentProject } from '../document/project-store'
import { commandRun, compile, evaluate, runRow } from '../runs/actions/run-commands'
import { hasProject, type Command } from './command'

export const runMenuCommands: readonly Command[] = [
  {
    id: 'run-row',
    title: 'Run one row',
    group: 'Run',
    icon: 'play',
    shortcut: 'Mod+Enter',
    worksWhileTyping: true,
    enabled: hasProject,
    run: async () => void (await runRow()),
  },
  {
    id: 'evaluate',
    title: 'Evaluate on val',
    group: 'Run',
    icon: 'gauge',
    shortcut: 'Mod+Shift+E',
    enabled: hasProject,
    run: async () => showRun(await evaluate('val')),
  },
  {
    id: 'compile',
    title: 'Compile',
    group: 'Run',
    icon: 'sparkles',
    shortcut: 'Mod+Shift+Enter',
    enabled: () => hasProject() && !activeRuns(liveRuns.getState()).some(run => run.view.kind === 'compile'),
    run: async () => showRun(await compile()),
  },
  {
    id: 'stop',
    title: 'Stop the run and keep the best so far',
    group: 'Run',
    icon: 'square',
    shortcut: 'Mod+.',
    enabled: () => activeRuns(liveRuns.getState()).length > 0,
    run: async () => {
      await Promise.all(activeRuns(liveRuns.getState()).map(run => commandRun(run.runId, 'stop')))
    },
  },
]

function showRun(runId: string | undefined): void {
  if (runId !== undefined) goTo(paths.run(currentProject().id, runId))
}
