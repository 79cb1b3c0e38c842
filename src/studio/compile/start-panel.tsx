import { Gauge, Sparkles } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { unmappedInputs } from '@/engine/data/mapping'
import { isEngineError } from '@/engine/base/errors'
import { checkGraph } from '@/engine/graph/check'
import { traitsOf } from '@/engine/providers/registry'
import type { SplitName } from '@/engine/record/spec'
import { runCommand, useCommand } from '@/state/commands/run-command'
import { useEstimate } from '@/state/runs/before/estimate-query'
import { errorSentence } from '@/state/session/notices'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { currentProject, useProject } from '@/state/document/project-store'
import { useDataset } from '@/state/session/queries'
import { evaluate } from '@/state/runs/actions/run-commands'
import { useSession } from '@/state/session/session-store'
import { Button } from '@/ui/button'
import { ErrorBox } from '@/ui/error-box'
import { Select } from '@/ui/select'
import { EstimateTable } from './estimate-table'

/** What the run will take, what is in its way, and the button. */
export function StartPanel() {
  const project = useProject(one => one)
  const estimate = useEstimate(project, 'compile')
  const compile = useCommand('compile')
  const problems = useProblems()
  const runProblem = useSession(session => session.runProblem)
  const startProblem = runProblem?.message ?? (estimate.isError ? errorSentence(estimate.error) : undefined)
  // What is set wrong stays wrong until it is set otherwise, and that is looked at anew by itself.
  const canRetry = runProblem === undefined && !isSetWrong(estimate.error)
  const task = project.models.find(model => model.id === project.roles.task)
  const sandbox = task !== undefined && !traitsOf(task).isLanguageModel
  return (
    <aside aria-label="Start" className="flex w-80 shrink-0 flex-col gap-5 overflow-y-auto border-l border-line bg-surface p-4 xl:w-96">
      <Button
        variant="primary"
        icon={<Sparkles />}
        disabled={!compile.isEnabled || problems.length > 0}
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
      {problems.length > 0 && (
        <div role="alert" className="rounded-lg border border-line bg-bad-soft p-3">
          <p className="mb-1 font-medium text-bad-text">Before it can start</p>
          <ul className="flex flex-col gap-1 text-sm">
            {problems.map(problem => (
              <li key={problem.message}>
                {problem.message}{' '}
                <Link href={problem.to} className="text-accent-text underline">
                  {problem.place}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      {problems.length === 0 && startProblem !== undefined && (
        <ErrorBox title="It cannot start yet" message={startProblem} {...(canRetry && { onRetry: () => void estimate.refetch() })} />
      )}
      <EstimateTable estimate={estimate.data} isPending={estimate.isPending && problems.length === 0} />
      <EvaluateCard disabled={problems.length > 0} />
    </aside>
  )
}

function isSetWrong(error: unknown): boolean {
  return ['params-invalid', 'data-invalid', 'graph-invalid', 'not-found'].some(code => isEngineError(error) && error.code === code)
}

function EvaluateCard({ disabled }: { readonly disabled: boolean }) {
  const [split, setSplit] = useState<Exclude<SplitName, 'test'>>('val')
  const start = async () => {
    const runId = await evaluate(split)
    if (runId !== undefined) goTo(paths.run(currentProject().id, runId))
  }
  return (
    <section aria-label="Evaluate" className="flex flex-col gap-2 border-t border-line pt-4">
      <h2 className="text-sm font-semibold">Only score it as it is</h2>
      <div className="flex gap-2">
        <Select label="Split to evaluate" value={split} onChange={setSplit} options={splitOptions} className="flex-1" />
        <Button icon={<Gauge />} disabled={disabled} onClick={() => void start()}>
          Evaluate
        </Button>
      </div>
      <p className="text-sm text-faint">The test split is sealed: look at it once, from Data, when you are done.</p>
    </section>
  )
}

const splitOptions = [
  { value: 'val', label: 'Val split' },
  { value: 'train', label: 'Train split' },
] as const

interface Problem {
  readonly message: string
  readonly to: string
  readonly place: string
}

/** What keeps any run from starting, with the place where it is put right. */
function useProblems(): readonly Problem[] {
  const project = useProject(one => one)
  const dataset = useDataset(project.datasetId)
  return useMemo(() => {
    const found: Problem[] = checkGraph(project.graph)
      .filter(problem => problem.severity === 'error')
      .map(problem => ({ message: problem.message, to: paths.project(project.id), place: 'Open the canvas' }))
    if (project.datasetId === undefined) found.push({ message: 'There is no data yet.', to: paths.data(project.id), place: 'Import data' })
    else if (dataset.data) {
      const missing = unmappedInputs(project.graph, dataset.data.columns, project.mapping)
      if (missing.length > 0) {
        found.push({
          message: `No column feeds ${missing.map(field => field.name).join(', ')}.`,
          to: paths.data(project.id),
          place: 'Match columns',
        })
      }
    }
    return found
  }, [project, dataset.data])
}
