import { QueryClientProvider } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { queryClient } from '@/state/session/query-client'
import { emptyBrowser } from '@/testing/empty-browser'
import { candidate } from '@/testing/made-up-run'
import { storeToyRun } from '@/testing/stored-run'
import { render } from '@/ui/render-for-test'
import type { FrontierMatrix as Matrix, MatrixRow } from './frontier'
import { FrontierMatrix } from './frontier-matrix'

/** A matrix that counts how often a cell is looked at: a cell that is drawn again is read again. */
function countingMatrix(candidates: number, rows: number): { readonly matrix: Matrix; count(): number } {
  let count = 0
  const cellAt = (which: number, index: number) => {
    const score = (which + index) % 3 === 0 ? 1 : 0.5
    return Object.defineProperty({ leads: score === 1 } as MatrixRow['cells'][number], 'score', {
      enumerable: true,
      get: () => {
        count += 1
        return score
      },
    })
  }
  const matrix: Matrix = {
    examples: Array.from({ length: rows }, (_, index) => ({ id: `v${index}`, best: 1, leaders: [`c${index % candidates}`] })),
    candidates: Array.from({ length: candidates }, (_, which) => ({
      row: { candidate: candidate(`c${which}`), isBaseline: which === 0, isBest: which === 1, score: 0.5, changes: [] },
      isMember: true,
      leadCount: 3,
      cells: Array.from({ length: rows }, (_row, index) => cellAt(which, index)),
    })),
  }
  return { matrix, count: () => count }
}

async function show(candidates: number, rows: number) {
  await emptyBrowser('frontier-matrix')
  const record = await storeToyRun({ val: 2 })
  const { matrix, count } = countingMatrix(candidates, rows)
  await render(
    <QueryClientProvider client={queryClient}>
      <FrontierMatrix record={record} matrix={matrix} selectedId={undefined} onSelect={() => undefined} />
    </QueryClientProvider>,
  )
  const cells = page.getByRole('button', { name: /^Leads on/ }).elements()
  await expect.poll(() => count()).toBeGreaterThan(0)
  // The rows it was made with and its width come after the first drawing.
  await new Promise(resolve => setTimeout(resolve, 300))
  const drawn = count()
  return { cells, since: () => count() - drawn }
}

function pointAt(target: Element | undefined, cell: number, within = 0.5) {
  if (target === undefined) throw new Error('no such row')
  const svg = target.querySelector('svg')
  const { left, top } = target.getBoundingClientRect()
  const size = Number(svg?.getAttribute('width')) / (svg?.querySelectorAll('g').length ?? 1)
  target.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: left + (cell + within) * size, clientY: top + 5 }))
  return new Promise(resolve => setTimeout(resolve, 30))
}

it('draws no cell again when the pointer moves over it, however large it is', async () => {
  const { cells, since } = await show(30, 40)
  for (const [which, cell] of [
    [0, 0],
    [0, 1],
    [0, 39],
    [7, 5],
    [29, 39],
    [29, 38],
  ] as const)
    await pointAt(cells[which], cell)
  await expect.element(page.getByRole('status')).toHaveTextContent('Row 39: c29 scores')
  expect(cells[29]?.querySelectorAll('.stroke-ink')).toHaveLength(1)
  expect(document.querySelectorAll('.stroke-ink')).toHaveLength(1)
  // One look for each sentence about the cell that is pointed at; drawing them again would be 1,200 for each move.
  expect(since()).toBeLessThanOrEqual(6 * 2)
})

it('does nothing at all while the pointer stays in one cell', async () => {
  const { cells, since } = await show(5, 10)
  await pointAt(cells[2], 4, 0.2)
  const looked = since()
  for (const within of [0.3, 0.4, 0.6, 0.8]) await pointAt(cells[2], 4, within)
  expect(since()).toBe(looked)
})

it('is walked with the arrow keys, which draw no cell again either', async () => {
  const { since } = await show(4, 6)
  await userEvent.click(page.getByRole('button', { name: 'c0', exact: true }))
  await userEvent.keyboard('{ArrowDown}{ArrowRight}{ArrowRight}{ArrowLeft}')
  await expect.element(page.getByRole('status')).toHaveTextContent('Row 2: c1 scores')
  await userEvent.keyboard('{ArrowRight}{ArrowDown}{ArrowUp}')
  await expect.element(page.getByRole('status')).toHaveTextContent('Row 3: c1 scores')
  expect(document.activeElement?.textContent).toContain('c1')
  expect(since()).toBeLessThanOrEqual(7 * 2)
})
