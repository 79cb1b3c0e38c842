import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { splitOf } from '@/engine/data/split'
import { readRows } from '@/storage/datasets'
import { addNode, connect } from '@/state/document/edits/graph-edits'
import { setSignatureLine, updateField } from '@/state/document/edits/node-edits'
import { setMetric } from '@/state/document/edits/project-edits'
import { onNotice } from '@/state/session/notices'
import { closeProject, currentProject, openProject } from '@/state/document/project-store'
import { hasStep, undo } from '@/state/document/undo'
import { runRow } from '@/state/runs/actions/run-commands'
import { sessionStore } from '@/state/session/session-store'
import { createBlank } from '@/state/document/project-commands'
import { queryClient, watchStorage } from '@/state/session/query-client'
import '@/ui/tokens.css'
import { DataScreen } from './data-screen'

let root: Root

beforeEach(async () => {
  await page.viewport(1440, 900)
  document.body.innerHTML = '<div id="root" style="height: 100vh"></div>'
  watchStorage()
  await openProject(await createBlank('Tickets'))
  addNode('input', { x: 0, y: 0 })
  const output = addNode('output', { x: 0, y: 0 })
  const field = currentProject().graph.nodes.find(node => node.id === output)?.fields[0]
  updateField(output, field?.id ?? '', { name: 'category', type: { kind: 'enum', values: ['bug', 'billing'] } })
  root = createRoot(document.querySelector('#root') ?? document.body)
  root.render(
    <QueryClientProvider client={queryClient}>
      <DataScreen />
    </QueryClientProvider>,
  )
})

afterEach(async () => {
  root.unmount()
  await closeProject()
})

function fileOf(text: string, name: string): File {
  return new File([text], name)
}

async function choose(file: File) {
  await userEvent.upload(page.getByLabelText('File to import'), file)
}

const csv = [
  'text,label',
  ...Array.from({ length: 60 }, (_, index) => `ticket ${index},${index % 2 === 0 ? 'bug' : 'billing'}`),
  'broken,"row',
  '',
].join('\n')

async function importTickets() {
  await choose(fileOf(csv, 'tickets.csv'))
  await expect.element(page.getByRole('dialog')).toBeVisible()
  await page.getByRole('button', { name: /^Import \d+ rows$/ }).click()
  await expect.element(page.getByRole('grid', { name: 'Rows' })).toBeVisible()
}

test('a file is previewed with types and bad rows, and kept only once confirmed', async () => {
  await choose(fileOf('a;b\n1;x\n2;y\n3;z;q\n', 'numbers.csv'))
  const dialog = page.getByRole('dialog')
  await expect.element(dialog.getByText(/semicolon/i)).toBeVisible()
  await expect.element(dialog.getByText('1 row cannot be read and is left out')).toBeVisible()
  await expect.element(dialog.getByText(/Line 4/)).toBeVisible()
  await expect.element(dialog.getByRole('combobox', { name: 'Type of a' })).toHaveTextContent('Whole number')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect(currentProject().datasetId).toBeUndefined()
  await expect.element(page.getByText('No data yet')).toBeVisible()
})

test('the preview says what of a file is left out, and its encoding can be put right', async () => {
  await choose(fileOf('sep=;\r\nquestion;answer;\r\na;x;\r\n;;\r\nb;y;;\r\n;;\r\n', 'sheet.csv'))
  const dialog = page.getByRole('dialog')
  const left = dialog.getByRole('region', { name: 'Left out' })
  await expect.element(left).toHaveTextContent('2 empty rows')
  await expect.element(left).toHaveTextContent('empty cells beyond the header in 1 row')
  await expect.element(left).toHaveTextContent('1 column without name and content')
  await expect.element(dialog.getByRole('button', { name: 'Import 2 rows' })).toBeEnabled()
  await expect.element(dialog.getByText('cannot be read')).not.toBeInTheDocument()
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  // Bytes of Windows-1251; none of them is UTF-8.
  const cyrillic = new Uint8Array([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x2c, 0xec, 0xe8, 0xf0, 10])
  await choose(new File(['question,answer\n', cyrillic], 'east.csv'))
  await expect.element(dialog.getByRole('region', { name: 'Preview' })).toHaveTextContent('Привет')
  await expect.element(dialog.getByText('The file does not say its encoding')).toBeVisible()
  await dialog.getByRole('combobox', { name: 'Encoding of the file' }).click()
  await page.getByRole('option', { name: /Western \(Windows-1252/ }).click()
  await expect.element(dialog.getByRole('region', { name: 'Preview' })).toHaveTextContent('Ïðèâåò')
  await dialog.getByRole('combobox', { name: 'Encoding of the file' }).click()
  await page.getByRole('option', { name: /Cyrillic \(Windows-1251/ }).click()
  await dialog.getByRole('button', { name: 'Import 1 row' }).click()
  await expect.element(page.getByRole('grid', { name: 'Rows' })).toHaveTextContent('Привет')
})

test('a file of another kind is named, with the way out', async () => {
  await choose(new File(['PAR1', new Uint8Array([0, 1, 2, 3])], 'rows.csv'))
  await expect.element(page.getByRole('dialog')).toHaveTextContent(/This is a Parquet file.*JSON Lines or CSV/)
  await page.getByRole('button', { name: 'Close', exact: true }).first().click()
})

test('an import is matched to the program by name, with guesses marked', async () => {
  await importTickets()
  const { datasetId, mapping } = currentProject()
  expect(datasetId).toBeDefined()
  expect(Object.keys(mapping.inputs)).toHaveLength(1)
  expect(Object.keys(mapping.labels)).toHaveLength(1)
  await expect.element(page.getByText('guessed')).toBeVisible()
})

test('a cell is edited with the keys alone', async () => {
  await importTickets()
  const grid = page.getByRole('grid', { name: 'Rows' })
  grid.element().focus()
  await userEvent.keyboard('{Enter}{Control>}a{/Control}better text{Tab}')
  await userEvent.keyboard('x{Escape}')
  const rows = await vi.waitFor(async () => {
    const stored = await readRows(currentProject().datasetId ?? '')
    expect(JSON.stringify(stored[0])).toContain('better text')
    return stored
  })
  expect(JSON.stringify(rows[0])).toContain('bug')
  await expect.element(grid.getByText('better text')).toBeVisible()
})

test('rows are searched, added and removed', async () => {
  await importTickets()
  await page.getByLabelText('Search rows').fill('ticket 17')
  await expect.element(page.getByText('1 shown')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Select row 18' }).click()
  const before = (await readRows(currentProject().datasetId ?? '')).length
  await page.getByRole('button', { name: 'Remove' }).click()
  await vi.waitFor(async () => expect(await readRows(currentProject().datasetId ?? '')).toHaveLength(before - 1))
  await page.getByRole('button', { name: 'Add row' }).click()
  await vi.waitFor(async () => expect(await readRows(currentProject().datasetId ?? '')).toHaveLength(before))
})

test('small splits and copies across splits are told', async () => {
  await choose(fileOf(['text,label', ...Array.from({ length: 30 }, () => 'same,bug')].join('\n'), 'copies.csv'))
  await page.getByRole('button', { name: 'Import 30 rows' }).click()
  await expect.element(page.getByText('1 input is in more than one split')).toBeVisible()
  await expect.element(page.getByText(/Only \d+ rows to train on|No train rows/)).toBeVisible()
  await page.getByRole('button', { name: 'Keep one of each' }).click()
  await vi.waitFor(async () => expect(await readRows(currentProject().datasetId ?? '')).toHaveLength(1))
})

test('the test score is revealed on asking only, and each look is counted for good', async () => {
  const [input, output] = currentProject().graph.nodes
  const step = addNode('signature', { x: 0, y: 0 })
  setSignatureLine(step, "text -> category: Literal['bug', 'billing']")
  const [text, category] = currentProject().graph.nodes.find(node => node.id === step)?.fields ?? []
  if (!input || !output || !text || !category) throw new Error('no program')
  expect(connect({ node: input.id, field: input.fields[0]?.id ?? '' }, { node: step, field: text.id })).toEqual({ ok: true })
  expect(connect({ node: step, field: category.id }, { node: output.id, field: output.fields[0]?.id ?? '' })).toEqual({ ok: true })
  setMetric({ kind: 'exact-match', params: { field: 'category' } })
  await importTickets()
  await expect.element(page.getByText('Never revealed')).toBeVisible()
  await page.getByRole('button', { name: 'Reveal test score' }).click()
  expect(currentProject().reveals).toEqual([])
  await page.getByRole('button', { name: 'Reveal', exact: true }).click()
  await expect.element(page.getByText('Revealed once')).toBeVisible()
  await expect.element(page.getByRole('list', { name: 'Reveals' }).getByText(/^\d+(\.\d+)? %$/)).toBeVisible()
  expect(currentProject().reveals).toHaveLength(1)
  while (hasStep('undo')) void undo()
  expect(currentProject().reveals).toHaveLength(1)
})

test('a sealed row is run by nothing', async () => {
  await importTickets()
  const { split, datasetId } = currentProject()
  const rows = await readRows(datasetId ?? '')
  await vi.waitFor(() => expect(sessionStore.getState().activeRowId).toBeDefined())
  expect(splitOf(sessionStore.getState().activeRowId ?? '', split)).not.toBe('test')
  const sealed = rows.find(row => splitOf(row.id, split) === 'test')
  const notices: string[] = []
  const stop = onNotice(notice => notices.push(notice.title))
  expect(await runRow(sealed?.id)).toBeUndefined()
  stop()
  expect(notices).toEqual(['This row is sealed'])
})

test('a file that is no table is refused with a sentence', async () => {
  await choose(fileOf('{"a": ', 'broken.json'))
  await expect.element(page.getByText('This file cannot be imported')).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).first().click()
  await expect.element(page.getByText('No data yet')).toBeVisible()
})
