import type { ProgramGraph } from '@/engine/program/program'
import { predictorsOf } from '@/engine/graph/predictors'
import type { CandidateView } from '@/engine/run/view/run-view'
import { Badge } from '@/ui/badge'
import { DiffText } from '@/ui/diff-text'
import { EmptyState } from '@/ui/empty-state'
import { type CandidateRow, bodyLabels, programWords } from '../../kit/candidate-rows'
import { choiceWords } from '../../kit/candidate-words'
import { DemoList } from './demo-list'
import { changeWords, isChanged, type PredictorChange } from '../../kit/state-changes'
import type { Field } from '@/engine/signature/signature'
import { ByProgram } from '../../by-program'

interface ChangesListProps {
  readonly changes: readonly PredictorChange[]
  /** Of the program that was compiled. */
  readonly graph: ProgramGraph
  readonly before: CandidateView | undefined
  readonly after: CandidateView | undefined
  readonly rows: readonly CandidateRow[]
  readonly isLive: boolean
}

/** Per predictor: the instructions word by word, and the demos that came and went. */
export function ChangesList({ changes, graph, before, after, rows, isLive }: ChangesListProps) {
  const isOther = before?.graph !== after?.graph
  if (before === undefined || after === undefined || !(isOther || changes.some(isChanged))) {
    return (
      <EmptyState title="Nothing changed">
        {before !== undefined && after !== undefined && before.id !== after.id
          ? 'These two candidates have the same instructions and demos.'
          : isLive
            ? 'No candidate beats the program as it was yet.'
            : 'The best program of this run is the one it started from.'}
      </EmptyState>
    )
  }
  const whole = after.graph ?? graph
  const predictors = new Map(predictorsOf(whole).map(predictor => [predictor.id, predictor]))
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-3 p-4">
      {isOther && <p className="rounded-md bg-sunken px-3 py-2 text-soft">Other steps than before: {programWords(whole)}.</p>}
      <ByProgram
        items={changes}
        idOf={({ id }) => id}
        graph={whole}
        labels={bodyLabels({ graph: whole, state: after.state }, rows)}
        markOf={own => (own.some(isChanged) ? 'changed' : '')}
      >
        {change => (
          <Change
            key={change.id}
            change={change}
            fields={predictors.get(change.id)?.signature({ [change.id]: change.after }).fields ?? []}
          />
        )}
      </ByProgram>
    </div>
  )
}

function Change({ change, fields }: { readonly change: PredictorChange; readonly fields: readonly Field[] }) {
  return (
    <section aria-label={change.name} className="rounded-lg border border-line bg-surface">
      <header className="flex items-center gap-2 border-b border-line px-4 py-2">
        <h2 className="font-semibold">{change.name}</h2>
        <Badge tone={isChanged(change) ? 'accent' : 'neutral'}>{isChanged(change) ? changeWords(change) : 'as it was'}</Badge>
      </header>
      <div className="flex flex-col gap-4 px-4 py-3">
        <div>
          <h3 className="mb-1 text-sm text-faint">Instructions{change.hasNewInstructions ? '' : ', unchanged'}</h3>
          {change.hasNewInstructions ? (
            <DiffText before={change.before.instructions} after={change.after.instructions} />
          ) : (
            <p className="break-words whitespace-pre-wrap text-soft">{change.after.instructions}</p>
          )}
        </div>
        <div>
          <h3 className="mb-1 text-sm text-faint">{demosTitle(change)}</h3>
          <div className="flex flex-col gap-1.5">
            <DemoList demos={change.removed} fields={fields} mark="removed" />
            <DemoList demos={change.added} fields={fields} mark="added" />
            <DemoList demos={change.kept} fields={fields} />
          </div>
        </div>
      </div>
    </section>
  )
}

function demosTitle({ before, after, added, removed, hasNewChoice }: PredictorChange): string {
  if (before.demos.length === 0 && after.demos.length === 0) return 'No demos, before and after'
  const choice = hasNewChoice ? ` ${choiceWords(after)}` : after.nearest ? ` ${choiceWords(after)}, as before` : ''
  return `Demos: ${before.demos.length} before, ${after.demos.length} after (${added.length} added, ${removed.length} removed).${choice}`
}
