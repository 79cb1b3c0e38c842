import { Eye, Lock } from 'lucide-react'
import { useMemo, useState } from 'react'
import { countSplits } from '@/engine/data/split'
import type { DataRow } from '@/engine/project/project'
import { revealTest } from '@/state/runs/actions/run-commands'
import { useProject } from '@/state/document/project-store'
import { Button } from '@/ui/button'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { PanelSection } from '@/ui/panel'
import { RevealItem } from './reveal-item'
import { useTurns } from '@/ui/use-turns'

/** The sealed rows: their score is shown only on asking, and every asking counts. */
export function TestPanel({ rows }: { readonly rows: readonly DataRow[] }) {
  const split = useProject(project => project.split)
  const reveals = useProject(project => project.reveals)
  const [isAsking, setAsking] = useState(false)
  const [isStarting, setStarting] = useState(false)
  const testCount = useMemo(
    () =>
      countSplits(
        rows.map(row => row.id),
        split,
      ).test,
    [rows, split],
  )

  const turns = useTurns()

  async function reveal() {
    const turn = turns.next()
    setStarting(true)
    await revealTest()
    turn.take(setStarting)(false)
  }

  return (
    <PanelSection title="Test score">
      <p className="flex gap-2 text-soft">
        <Lock className="mt-0.5 size-4 shrink-0 text-faint" aria-hidden="true" />
        {testCount === 0
          ? 'No rows are set aside. Give Test a share above to have a last, honest score.'
          : `${testCount === 1 ? '1 row is' : `${testCount} rows are`} sealed. Look once, at the end: a score you tuned for is no longer a test.`}
      </p>
      <div className="mt-2 flex items-center gap-2">
        <Button icon={<Eye />} loading={isStarting} disabled={testCount === 0} onClick={() => setAsking(true)}>
          Reveal test score
        </Button>
        <span className="text-sm text-faint">{revealWords(reveals.length)}</span>
      </div>
      {reveals.length > 0 && (
        <ol aria-label="Reveals" className="mt-3 divide-y divide-line rounded-lg border border-line">
          {reveals.map((each, index) => <RevealItem key={each.runId} number={index + 1} at={each.at} runId={each.runId} />).reverse()}
        </ol>
      )}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={reveals.length === 0 ? 'Reveal the test score?' : `Reveal the test score for the ${ordinal(reveals.length + 1)} time?`}
        action="Reveal"
        onConfirm={() => void reveal()}
      >
        The program as it is now runs on {testCount === 1 ? '1 row' : `${testCount} rows`} that nothing has used so far. This look is
        counted in the project and cannot be undone.
      </ConfirmDialog>
    </PanelSection>
  )
}

function revealWords(count: number): string {
  if (count === 0) return 'Never revealed'
  return count === 1 ? 'Revealed once' : `Revealed ${count} times`
}

function ordinal(number: number): string {
  const tens = number % 100
  if (tens >= 11 && tens <= 13) return `${number}th`
  return `${number}${['th', 'st', 'nd', 'rd'][number % 10] ?? 'th'}`
}
