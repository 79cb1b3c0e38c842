import { CloudOff } from 'lucide-react'
import { useInterruption } from '@/state/runs/interruption'
import type { RunRecord } from '@/storage/records'
import type { RunTotals } from '@/engine/record/events'
import { Banner } from '../kit/banner'
import { hasCap, RaiseCaps } from '../kit/raise-caps'
import { callWords } from '../kit/run-words'
import { paidCalls } from '@/engine/record/totals'

/** A run that says it runs while nobody runs it: what it has, what it lost, and what Resume does. */
export function InterruptedBanner({ record, totals }: { readonly record: RunRecord; readonly totals: RunTotals }) {
  const { storedCalls = 0, unseen } = useInterruption(record.id) ?? {}
  const lostCalls = unseen?.last.calls ?? 0
  const isCapped = lostCalls > 0 && hasCap(record)
  // Its last answers came after its last word.
  const count = Math.max(storedCalls, paidCalls(totals))
  const paid = count > 0 ? `${callWords(count)} already paid for` : 'nothing has been paid for yet'
  const [was, they, subject, verb] = lostCalls === 1 ? ['was', 'it', 'It', 'counts'] : ['were', 'they', 'They', 'count']
  const lost = `${callWords(lostCalls)} ${was} under way: ${they} may have been billed, and will be asked again.`
  const caps = ` ${subject} ${verb} for the caps of this run with the most that ${they} can have cost.`
  return (
    <Banner
      tone="warn"
      icon={<CloudOff />}
      title={`This run was interrupted: ${paid}`}
      {...(isCapped && { action: <RaiseCaps record={record} isMain={false} /> })}
    >
      Its tab was closed, or the machine went down. Resume goes on to the same result, and no recorded answer is paid for again.{' '}
      {lostCalls > 0 && lost}
      {isCapped && caps}
    </Banner>
  )
}
