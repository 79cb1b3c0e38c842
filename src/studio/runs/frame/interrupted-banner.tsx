import { CloudOff } from 'lucide-react'
import type { RunTotals } from '@/engine/record/events'
import { useInterruption } from '@/state/runs/interruption'
import type { RunId } from '@/storage/records'
import { Banner } from '../kit/banner'
import { callWords, paidCalls } from '../kit/run-words'

/** A run that says it runs while nobody runs it: what it has, what it lost, and what Resume does. */
export function InterruptedBanner({ runId, totals }: { readonly runId: RunId; readonly totals: RunTotals }) {
  const { storedCalls = 0, lostCalls = 0 } = useInterruption(runId) ?? {}
  // Its last answers came after its last word.
  const count = Math.max(storedCalls, paidCalls(totals))
  const paid = count > 0 ? `${callWords(count)} already paid for` : 'nothing has been paid for yet'
  const lost =
    lostCalls > 0
      ? `${callWords(lostCalls)} ${lostCalls === 1 ? 'was' : 'were'} under way: ${lostCalls === 1 ? 'it' : 'they'} may have been billed, and will be asked again.`
      : ''
  return (
    <Banner tone="warn" icon={<CloudOff />} title={`This run was interrupted: ${paid}`}>
      Its tab was closed, or the machine went down. Resume goes on to the same result, and no recorded answer is paid for again. {lost}
    </Banner>
  )
}
