import { ChevronRight, CircleHelp, Info, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { AdviceAction, AdviceActionId, Diagnosis, Finding } from '@/engine/advice/finding'
import { useDiagnosis } from '@/state/runs/diagnosis'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { resumeRun, revealTest } from '@/state/runs/actions/run-commands'
import { setRunPage } from '@/state/runs/run-page'
import type { RunRecord } from '@/storage/records'
import { Button } from '@/ui/button'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { cx } from '@/ui/cx'
import { RaiseCaps } from '../kit/raise-caps'

/** Under the result of a compile: why it gained nothing, or what to doubt about the gain. Nothing where there is nothing to say. */
export function DiagnosisCard({ record }: { readonly record: RunRecord }) {
  const diagnosis = useDiagnosis(record.id)
  if (diagnosis === undefined || diagnosis.findings.length === 0) return null
  return <Card key={diagnosis.verdict} record={record} diagnosis={diagnosis} />
}

function Card({ record, diagnosis: { verdict, findings } }: { readonly record: RunRecord; readonly diagnosis: Diagnosis }) {
  const [isOpen, setOpen] = useState(verdict === 'none')
  const title = verdict === 'none' ? 'Why no gain?' : 'Before you trust it'
  const [first, ...others] = findings
  return (
    <section aria-label={title} className="shrink-0 border-b border-line bg-surface">
      <h2>
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="flex w-full items-center gap-2 px-3 py-1.5 text-left outline-offset-[-2px] hover:bg-hover"
        >
          <ChevronRight className={cx('size-3.5 shrink-0 text-faint transition-transform', isOpen && 'rotate-90')} aria-hidden="true" />
          <span className="shrink-0 font-semibold">{title}</span>
          {!isOpen && first !== undefined && (
            <span className="min-w-0 truncate text-soft">
              {first.title}
              {others.length > 0 && `, and ${others.length} more`}
            </span>
          )}
        </button>
      </h2>
      {isOpen && (
        <ul className="max-h-52 divide-y divide-line overflow-y-auto border-t border-line">
          {findings.map(finding => (
            <FindingRow key={finding.id} record={record} finding={finding} />
          ))}
        </ul>
      )}
    </section>
  )
}

function FindingRow({ record, finding: { tone, title, detail, action } }: { readonly record: RunRecord; readonly finding: Finding }) {
  const { icon: Icon, colour, name } = tones[tone]
  return (
    <li className="flex items-start gap-2.5 px-3 py-2">
      <Icon className={cx('mt-0.5 size-4 shrink-0', colour)} aria-label={name} role="img" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        <p className="max-w-4xl text-sm text-soft">{detail}</p>
      </div>
      <NextAction record={record} action={action} />
    </li>
  )
}

function NextAction({ record, action }: { readonly record: RunRecord; readonly action: AdviceAction }) {
  const [isAsking, setAsking] = useState(false)
  if (action.id === 'raise-caps') return <RaiseCaps record={record} />
  return (
    <>
      <Button size="sm" onClick={() => (action.id === 'reveal-test' ? setAsking(true) : take(action, record))}>
        {action.words}
      </Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Score the program on the test split?"
        action="Run the test rows"
        onConfirm={() => void reveal(record)}
      >
        It runs the program as it is now on the sealed rows: apply the candidate first if you mean that one. This look is counted in the
        project and cannot be undone.
      </ConfirmDialog>
    </>
  )
}

async function reveal({ projectId }: RunRecord): Promise<void> {
  const runId = await revealTest()
  if (runId !== undefined) goTo(paths.run(projectId, runId))
}

function take({ id, candidate }: AdviceAction, { id: runId, projectId }: RunRecord): void {
  switch (id) {
    case 'resume':
      return void resumeRun(runId)
    case 'show-failed-rows':
      return setRunPage(runId, { tab: 'trials', candidate, candidateTab: 'rows' })
    case 'look-at-candidate':
      return setRunPage(runId, { tab: 'trials', candidate, candidateTab: 'state' })
    case 'compare-rows':
      return setRunPage(runId, { tab: 'rows', change: 'broken', before: undefined, after: undefined })
    default:
      return goTo(places[id](projectId))
  }
}

type Place = Exclude<AdviceActionId, 'resume' | 'show-failed-rows' | 'look-at-candidate' | 'compare-rows'>

/** Where it can be put right. */
const places: Readonly<Record<Place, (projectId: string) => string>> = {
  'raise-caps': paths.compile,
  'add-rows': paths.data,
  'change-metric': paths.compile,
  'change-optimizer': paths.compile,
  'change-models': paths.compile,
  'reveal-test': paths.data,
  unlock: paths.project,
}

const tones: Readonly<Record<Finding['tone'], { readonly icon: typeof Info; readonly colour: string; readonly name: string }>> = {
  cause: { icon: CircleHelp, colour: 'text-accent-text', name: 'Likely cause' },
  caution: { icon: TriangleAlert, colour: 'text-warn-text', name: 'Caution' },
  note: { icon: Info, colour: 'text-faint', name: 'Note' },
}
