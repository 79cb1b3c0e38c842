import { useState } from 'react'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from './render-for-test'
import { VirtualTable, type TableColumn } from './virtual-table'

interface Row {
  readonly id: string
  readonly score: number | undefined
}

const rows: readonly Row[] = Array.from({ length: 10_000 }, (_, index) => ({
  id: `row-${index}`,
  score: index % 3 === 0 ? undefined : index,
}))
const columns: readonly TableColumn<Row>[] = [
  { id: 'id', title: 'Row', width: '1fr', render: row => row.id },
  { id: 'score', title: 'Score', width: 100, align: 'right', render: row => row.score ?? '–', sortValue: row => row.score },
]

async function draw(shown: readonly Row[] = rows) {
  const opened: string[] = []
  function Table() {
    const [selected, setSelected] = useState<string>()
    return (
      <VirtualTable
        label="Rows"
        rows={shown}
        columns={columns}
        rowKey={row => row.id}
        selectedKey={selected}
        empty="Nothing here"
        onRowClick={row => {
          opened.push(row.id)
          setSelected(row.id)
        }}
      />
    )
  }
  await render(<Table />)
  return opened
}

it('tells the whole length but draws only what is in view', async () => {
  await draw()
  await expect.element(page.getByRole('grid', { name: 'Rows' })).toHaveAttribute('aria-rowcount', '10001')
  const drawn = page.getByRole('row').elements()
  expect(drawn.length).toBeGreaterThan(10)
  expect(drawn.length).toBeLessThan(60)
})

it('walks rows by keyboard, also those that were not drawn, and opens with Enter', async () => {
  const opened = await draw()
  await userEvent.tab()
  await userEvent.tab()
  const grid = page.getByRole('grid', { name: 'Rows' })
  ;(grid.element() as HTMLElement).focus()
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}')
  expect(opened).toEqual(['row-2'])
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent('row-2')
  await userEvent.keyboard('{End}')
  await expect.element(page.getByText('row-9999')).toBeVisible()
  const cursor = grid.element().getAttribute('aria-activedescendant')
  expect(document.getElementById(cursor ?? '')?.textContent).toContain('row-9999')
  await userEvent.keyboard('{Home} ')
  expect(opened.at(-1)).toBe('row-0')
})

it('sorts up, down and back, rows without a value last', async () => {
  await draw()
  const title = page.getByRole('button', { name: 'Score' })
  const first = () => document.querySelector('[aria-rowindex="2"]')?.textContent
  await userEvent.click(title)
  await expect.element(page.getByRole('columnheader', { name: 'Score' })).toHaveAttribute('aria-sort', 'ascending')
  expect(first()).toContain('row-1')
  await userEvent.click(title)
  expect(first()).toContain('row-9998')
  await userEvent.click(title)
  expect(first()).toContain('row-0')
})

it('leaves keys typed into a cell to the cell', async () => {
  const opened: string[] = []
  await render(
    <VirtualTable
      label="Rows"
      rows={rows}
      rowKey={row => row.id}
      onRowClick={row => opened.push(row.id)}
      columns={[{ id: 'id', title: 'Row', width: 200, render: row => <input aria-label={row.id} /> }]}
    />,
  )
  ;(page.getByRole('textbox', { name: 'row-3', exact: true }).element() as HTMLElement).focus()
  await userEvent.keyboard('a b{Enter}')
  await expect.element(page.getByRole('textbox', { name: 'row-3', exact: true })).toHaveValue('a b')
  expect(opened).toEqual([])
})

it('says when there are no rows', async () => {
  await draw([])
  await expect.element(page.getByText('Nothing here')).toBeVisible()
})
