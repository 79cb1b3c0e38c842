import type { Span } from '@/engine/trace/span'
import { Badge } from '@/ui/badge'

/** What became of a piece of work, in words beside its name. */
export function SpanBadges({ span }: { readonly span: Span }) {
  return (
    <>
      {span.notTaken && <Badge>not taken</Badge>}
      {span.error !== undefined && <Badge tone="bad">failed</Badge>}
      {span.reward !== undefined && <Badge>reward {rewardText(span.reward)}</Badge>}
      {span.kind === 'attempt' && span.error === undefined && (span.discarded ? <Badge>not kept</Badge> : <Badge tone="good">kept</Badge>)}
    </>
  )
}

function rewardText(reward: number): string {
  return String(Number(reward.toPrecision(4)))
}
