import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { DataRow } from '@/engine/project/project'
import { currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
import { engine } from '@/state/session/engine-client'
import { queryClient } from '@/state/session/query-client'
import { select, setInspectorTab } from '@/state/session/session-store'
import { toyFile } from '@/testing/toy-project'
import { showInspector } from './show-for-test'

const valuesOf = () => {
  const type = currentProject()
    .graph.nodes.find(({ id }) => id === 'classify')
    ?.fields.find(({ name }) => name === 'label')?.type
  return type?.kind === 'enum' ? type.values : undefined
}

beforeEach(async () => {
  queryClient.clear()
  const { dataset, ...file } = toyFile(150)
  if (dataset === undefined) throw new Error('the toy has rows')
  const labels = ['rare', 'often', 'often', 'Often ', 'often']
  const rows = dataset.rows.map((row, index): DataRow => ({
    ...row,
    cells: { ...row.cells, col_label: labels[index % labels.length] ?? '' },
  }))
  await openProject(await engine().importProject({ ...file, dataset: { ...dataset, rows } }))
  select(['classify'])
  setInspectorTab('signature')
  showInspector()
})

it('fills a Literal from a column, the most frequent value first, as one step to undo', async () => {
  await userEvent.click(page.getByRole('button', { name: 'Values from column… for label' }))
  const list = page.getByRole('dialog', { name: 'Values of label from a column' })
  await expect
    .element(list.getByRole('button', { name: 'Take the 3 values of label' }))
    .toHaveTextContent('Some look alike: "often" and "Often"')
  // Each text stands once: that column is no list of values.
  await expect
    .element(list)
    .toHaveTextContent('Columns with more than 100 different values, or with texts that appear only once, are not listed.')
  await expect.element(list.getByRole('button', { name: /values of text/ })).not.toBeInTheDocument()
  await userEvent.click(list.getByRole('button', { name: 'Take the 3 values of label' }))
  expect(valuesOf()).toEqual(['often', 'rare', 'Often'])
  await expect.element(list).not.toBeInTheDocument()
  await undo()
  expect(valuesOf()).toEqual(['fruit', 'tool'])
})
