import { Gauge, Sparkles } from 'lucide-react'
import { useMemo, useState } from 'react'
import { isEngineError } from '@/engine/base/errors'
import type { Budget } from '@/engine/lm/spend'
import { problemsOf } from '@/state/document/graph-problems'
import { traitsOf } from '@/engine/providers/registry'
import type { SplitName } from '@/engine/record/spec'
import { distinctBy } from '@/lib/distinct-by'
import { runCommand, useCommand } from '@/state/commands/run-command'
import { useEstimate } from '@/state/runs/before/estimate-query'
import { useCompileElsewhere } from '@/state/runs/before/compile-elsewhere'
import { useStartProblems } from '@/state/runs/before/start-check'
import { errorSentence } from '@/state/session/notices'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { currentProject, useProject } from '@/state/document/project-store'
import { evaluate } from '@/state/runs/actions/run-commands'
import { useSession, useShowsRunProblem, type RunProblem } from '@/state/session/session-store'
import { Button } from '@/ui/button'
import { ErrorBox } from '@/ui/error-box'
import { formatAgo } from '@/ui/format'
import { Select } from '@/ui/select'
import { EstimateTable } from './estimate-table'
import { StartProblems, type ShownProblem } from './start-problems'

/** What the run will take, what is in its way, and the button. */
export function StartPanel() {
  const project = useProject(one => one)
  const estimate = useEstimate(project, 'compile')
  const compile = useCommand('compile')
  useShowsRunProblem('compile', 'evaluate')
  const graphProblems = useGraphProblems()
  const found = useStartProblems('compile') ?? []
  const runProblem = useSession(session => (session.runProblem?.kind === 'row' ? undefined : session.runProblem))
  const capProblem = capProblemOf(runProblem, project.run.budget)
  const certain = [...graphProblems, ...found.filter(({ severity }) => severity === 'stop')]
  const stops: readonly ShownProblem[] = [...certain, ...(capProblem ? [capProblem] : [])]
  const elsewhere = useElsewhere()
  const warnings: readonly ShownProblem[] = [...elsewhere, ...found.filter(({ severity }) => severity === 'warning')]
  const startProblem = runProblem?.message ?? (estimate.isError ? errorSentence(estimate.error) : undefined)
  // What is set wrong stays wrong until it is set otherwise, and that is looked at again by itself.
  const canRetry = runProblem === undefined && !isSetWrong(estimate.error)
  const task = project.models.find(model => model.id === project.roles.task)
  const sandbox = task !== undefined && !traitsOf(task).isLanguageModel
  return (
    <aside
      aria-label="Start"
      className="flex w-80 shrink-0 flex-col gap-5 overflow-y-auto border-l border-line bg-surface p-4 max-md:w-auto max-md:overflow-visible max-md:border-t max-md:border-l-0 xl:w-96"
    >
      <Button
        variant="primary"
        icon={<Sparkles />}
        disabled={!compile.isEnabled || certain.length > 0}
        onClick={() => void runCommand('compile')}
        className="h-9 w-full"
      >
        Compile
      </Button>
      {sandbox && (
        <p className="rounded-lg bg-info-soft px-3 py-2 text-sm text-info-text">
          The Sandbox answers: built in, free, and not a language model. Its scores show how compiling works, not how good a model is.
        </p>
      )}
      <StartProblems problems={stops} severity="stop" isPressed={runProblem !== undefined} />
      <StartProblems problems={warnings} severity="warning" />
      {stops.length === 0 && startProblem !== undefined && (
        <ErrorBox title="It cannot start yet" message={startProblem} {...(canRetry && { onRetry: () => void estimate.refetch() })} />
      )}
      <EstimateTable estimate={estimate.data} isPending={estimate.isPending && stops.length === 0} />
      <EvaluateCard graphProblems={graphProblems} told={stops} />
    </aside>
  )
}

/** A cap was found too small when the run was to start: what it takes at the least is known then. */
function capProblemOf(problem: RunProblem | undefined, budget: Budget): ShownProblem | undefined {
  const { limit, needed } = problem?.facts ?? {}
  if (problem?.code !== 'budget-too-small' || typeof limit !== 'string' || typeof needed !== 'number') return undefined
  const enough = limit === 'maxCost' ? Math.ceil(needed * 100) / 100 : needed
  return {
    message: problem.message,
    fixes: [{ kind: 'set-budget', budget: { ...budget, [limit]: enough }, words: 'Raise the cap to that' }],
  }
}

function isSetWrong(error: unknown): boolean {
  return ['params-invalid', 'data-invalid', 'graph-invalid', 'not-found'].some(code => isEngineError(error) && error.code === code)
}

interface EvaluateCardProps {
  readonly graphProblems: readonly ShownProblem[]
  /** What the panel says already. */
  readonly told: readonly ShownProblem[]
}

/** An evaluation needs less than a compile: what stops it alone is said here. */
function EvaluateCard({ graphProblems, told }: EvaluateCardProps) {
  const [split, setSplit] = useState<Exclude<SplitName, 'test'>>('val')
  const found = useStartProblems('evaluate', split) ?? []
  const stops = found.filter(({ severity }) => severity === 'stop')
  const start = async () => {
    const runId = await evaluate(split)
    if (runId !== undefined) goTo(paths.run(currentProject().id, runId))
  }
  return (
    <section aria-label="Evaluate" className="flex flex-col gap-2 border-t border-line pt-4">
      <h2 className="text-sm font-semibold">Only score it as it is</h2>
      <div className="flex gap-2">
        <Select label="Split to evaluate" value={split} onChange={setSplit} options={splitOptions} className="flex-1" />
        <Button icon={<Gauge />} disabled={graphProblems.length > 0 || stops.length > 0} onClick={() => void start()}>
          Evaluate
        </Button>
      </div>
      <StartProblems problems={told.length > 0 ? [] : stops} severity="stop" />
      <p className="text-sm text-faint">The test split is sealed: look at it once, from Data, when you are done.</p>
    </section>
  )
}

const splitOptions = [
  { value: 'val', label: 'Val split' },
  { value: 'train', label: 'Train split' },
] as const

/** That another tab compiles the same program already. */
function useElsewhere(): readonly ShownProblem[] {
  const run = useCompileElsewhere()
  if (run === undefined) return []
  const watch = { words: 'Watch that one', take: () => goTo(paths.run(currentProject().id, run.id)) }
  const message = `Another tab is compiling this project (“${run.title}”, begun ${formatAgo(run.createdAt)}): a second compile asks and costs as much again.`
  return [{ message, fixes: [watch] }]
}

/** What is wrong with the program keeps any run from starting. */
function useGraphProblems(): readonly ShownProblem[] {
  const graph = useProject(project => project.graph)
  return useMemo(() => {
    const errors = problemsOf(graph).filter(problem => problem.severity === 'error')
    const open = { words: 'Open the canvas', take: () => goTo(paths.project(currentProject().id)) }
    return distinctBy(errors, ({ message }) => message).map(({ message }) => ({ message, fixes: [open] }))
  }, [graph])
}
