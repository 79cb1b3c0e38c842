import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from '../render-for-test'
import { ScoreChart, type ScorePoint } from './score-chart'

const points: readonly ScorePoint[] = [
  { id: 'base', x: 0, y: 0.5, kind: 'full', label: 'Baseline' },
  { id: 'mini', x: 1, y: 0.9, kind: 'minibatch', label: 'Trial 1' },
  { id: 'best', x: 2, y: 0.75, kind: 'full', label: 'Trial 2' },
  { id: 'worse', x: 3, y: 0.6, kind: 'full', label: 'Trial 3' },
]

async function draw(shown = points) {
  const selected: string[] = []
  await render(<ScoreChart points={shown} baseline={0.5} bestId="best" onSelect={id => selected.push(id)} xLabel="Trial" yLabel="Score" />)
  return selected
}

it('names every point with its score, what it saw, and which is best', async () => {
  await draw()
  await expect.element(page.getByRole('button', { name: 'Trial 2, Trial 2: 75.0 %, best' })).toBeInTheDocument()
  await expect.element(page.getByRole('button', { name: 'Trial 1, Trial 1: 90.0 % on a minibatch' })).toBeInTheDocument()
  await expect.element(page.getByText('Baseline 50.0 %')).toBeInTheDocument()
})

it('is one tab stop, walked by arrows and opened with Enter', async () => {
  const selected = await draw()
  await userEvent.tab()
  await expect.element(page.getByRole('button', { name: /best$/ })).toHaveFocus()
  await userEvent.keyboard('{ArrowRight}{Enter}')
  expect(selected).toEqual(['worse'])
})

it('opens a point by a click', async () => {
  const selected = await draw()
  await userEvent.click(page.getByRole('button', { name: /minibatch/ }))
  expect(selected).toEqual(['mini'])
})

it('never lets a minibatch raise the best line', async () => {
  await draw()
  const path = document.querySelector('path')?.getAttribute('d') ?? ''
  const heights = [...path.matchAll(/[\d.]+,([\d.]+)/g)].map(([, y]) => Number(y))
  const mini = Number(/ ([\d.]+)\)$/.exec(document.querySelector('[data-point="mini"]')?.getAttribute('transform') ?? '')?.[1])
  expect(heights.length).toBeGreaterThan(1)
  expect(Math.min(...heights)).toBeGreaterThan(mini)
})

it('says that nothing was scored yet', async () => {
  await draw([])
  await expect.element(page.getByText(/No scores yet/)).toBeVisible()
})
