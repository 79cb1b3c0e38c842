import type { Change } from '@/state/runs/outcome'
import { Badge } from '@/ui/badge'

export function ChangeBadge({ change }: { readonly change: Change }) {
  return <Badge tone={changeTones[change]}>{changeNames[change]}</Badge>
}

const changeNames: Readonly<Record<Change, string>> = { fixed: 'Fixed', broken: 'Broken', same: 'Same', unscored: 'No score' }
const changeTones: Readonly<Record<Change, 'good' | 'bad' | 'neutral' | 'warn'>> = {
  fixed: 'good',
  broken: 'bad',
  same: 'neutral',
  unscored: 'warn',
}
