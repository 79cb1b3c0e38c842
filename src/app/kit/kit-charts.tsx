import { useState } from 'react'
import { wholePercent } from '@/lib/percent'
import { Histogram } from '@/ui/charts/histogram'
import { Interval } from '@/ui/charts/interval'
import { ScoreChart, type ScorePoint } from '@/ui/charts/score-chart'
import { KitBlock } from './kit-block'

export function KitCharts() {
  const [selected, setSelected] = useState<string>()
  return (
    <KitBlock title="Charts">
      <ScoreChart points={points} baseline={0.62} bestId="t9" selectedId={selected} onSelect={setSelected} xLabel="Trial" yLabel="Score" />
      <Interval mean={0.78} interval={{ low: 0.71, high: 0.84 }} words="95 % interval 71 % to 84 %" baseline={0.62} />
      <Histogram label="Scores" values={scores} domain={[0, 1]} format={share => wholePercent(share)} />
      <ScoreChart points={[]} onSelect={setSelected} xLabel="Trial" yLabel="Score" height={120} />
    </KitBlock>
  )
}

const points: readonly ScorePoint[] = [0.62, 0.6, 0.66, 0.71, 0.68, 0.74, 0.7, 0.77, 0.73, 0.84, 0.8, 0.79].map((y, x) => ({
  id: `t${x}`,
  x,
  y,
  kind: x % 3 === 1 ? 'minibatch' : 'full',
  label: x === 0 ? 'Baseline' : `Trial ${x}`,
}))
const scores = Array.from({ length: 120 }, (_, index) => ((index * 37) % 100) / 100)
