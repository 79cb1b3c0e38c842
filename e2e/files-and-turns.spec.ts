import type { Page } from '@playwright/test'
import type { BlobEntry } from '../src/engine/blobs/blob-entry'
import { blobRefOf } from '../src/engine/blobs/blob-store'
import type { AdapterId } from '../src/engine/program/adapter-id'
import type { ProgramGraph } from '../src/engine/program/program'
import type { ProjectFile } from '../src/engine/project/project'
import type { Field } from '../src/engine/signature/signature'
import { startFakeOpenAi, type FakeOpenAi, type FakeRequest } from './fake-openai'
import { expectAccessible } from './pages/axe'
import { inspector, select } from './pages/canvas'
import { rows } from './pages/data'
import { expectStatus, importProject, remoteProject } from './pages/runs'
import { goTo } from './pages/studio'
import { expect, test } from './pages/test'

let server: FakeOpenAi
test.afterEach(() => server?.close())

const rowCount = 10

test('the file and the earlier turns of a row reach the model, asked in BAML', async ({ page }) => {
  server = await startFakeOpenAi({ answer: () => '{"label": "fruit"}' })
  await importProject(page, talkProject(server.url, 'baml'))
  await goTo(page, 'Data')
  await expect(
    rows(page)
      .getByText(/^terms-0\.pdf/)
      .first(),
  ).toBeVisible()
  await evaluate(page)
  expect(server.count).toBe(rowCount)
  const sent = server.requests.map(({ body }) => body['messages'] as readonly Message[])
  for (const messages of sent) {
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
    const [system, asked, said] = messages.map(({ content }) => JSON.stringify(content))
    expect(system).toContain('\\"fruit\\" or \\"tool\\"')
    expect(asked).toMatch(/\[\[ ## note ## \]\]\\nearlier \d/)
    expect(said).toContain('tool')
  }
  const files = sent.flatMap(messages => partsOf(messages.at(-1)).flatMap(({ file }) => (file ? [file] : [])))
  const wanted = Array.from({ length: rowCount }, (_, at) => `terms-${at}.pdf ${pdfOf(at).toString('base64')}`)
  expect(files.map(file => `${file.filename} ${file.file_data.replace('data:application/pdf;base64,', '')}`).toSorted()).toEqual(
    wanted.toSorted(),
  )
})

test('two steps: an answer in plain words is read by a second question', async ({ page }) => {
  server = await startFakeOpenAi({
    answer: request => (isReading(request) ? '[[ ## label ## ]]\ntool\n\n[[ ## completed ## ]]' : 'It is clearly a tool.'),
  })
  await importProject(page, talkProject(server.url, 'two-step'))
  await goTo(page, 'Data')
  await evaluate(page)
  const [first, second] = [server.requests.filter(each => !isReading(each)), server.requests.filter(isReading)]
  expect([first.length, new Set(first.map(({ text }) => text)).size]).toEqual([rowCount, rowCount])
  for (const { text } of first) expect(text).not.toContain('[[ ##')
  expect(second.length).toBeGreaterThan(0)
  for (const { messages } of second) expect(messages.at(-1)?.content).toContain('It is clearly a tool.')
})

test('reads a Python class into a step, in both themes', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  server = await startFakeOpenAi()
  await importProject(page, talkProject(server.url, 'chat'))
  await select(page, 'Classify')
  await inspector(page).getByRole('button', { name: 'From Python…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Signature from Python' })
  await dialog.getByRole('textbox', { name: 'Python' }).fill(classes)
  await expect(dialog.getByRole('region', { name: 'Read otherwise' })).toContainText('read as `Any`')
  await expect(dialog.getByRole('region', { name: 'Not read' })).toContainText('`odd`')
  await inBothThemes(page)
  await dialog.getByRole('button', { name: 'Take it over' }).click()
  await expect(inspector(page).getByRole('textbox', { name: 'Signature line' })).toHaveValue('tree: Tree, a: A -> day: datetime.date')
  await inspector(page).getByRole('button', { name: 'Edit Tree' }).click()
  const editor = page.getByRole('dialog', { name: 'Type Tree' })
  await expect(editor.getByRole('combobox', { name: 'Type of the items of below' })).toHaveText('Tree')
})

async function inBothThemes(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect(page.locator('html')).toHaveCSS('color-scheme', colorScheme)
    await expectAccessible(page, axe => axe.include('[role=dialog]'))
  }
}

const classes = `from pydantic import BaseModel
import dspy, datetime

class Tree(BaseModel):
    size: int
    below: list["Tree"] = []

class A(BaseModel):
    b: list["B"]

class B(BaseModel):
    a: A | None = None

class Pick(dspy.Signature):
    """Pick one."""
    tree: Tree = dspy.InputField()
    a: A = dspy.InputField()
    odd: bytes = dspy.InputField()
    day: datetime.date = dspy.OutputField(ge=datetime.date(2024, 1, 31))
`

interface Part {
  readonly file?: { readonly filename: string; readonly file_data: string }
}

interface Message {
  readonly role: string
  readonly content: string | readonly Part[]
}

function partsOf(message: Message | undefined): readonly Part[] {
  return typeof message?.content === 'object' ? message.content : []
}

function isReading({ text }: FakeRequest): boolean {
  return text.includes('[[ ## label ## ]]')
}

async function evaluate(page: Page): Promise<void> {
  await page.getByRole('banner').getByRole('button', { name: 'Evaluate' }).click()
  await page.waitForURL(/\/runs\/[\w-]+$/)
  await expectStatus(page, 'Done', 30_000)
}

function pdfOf(at: number): Buffer {
  return Buffer.from(`%PDF-1.4 terms of ${at}`)
}

/** The toy project with a file, a note and earlier turns in place of its text, all rows to be evaluated. */
function talkProject(url: string, adapter: AdapterId): ProjectFile {
  const file = remoteProject(url)
  const given = (role: Field['role'], start: string): Field[] => [
    { id: `${start}_text`, name: 'text', role, type: { kind: 'file' }, desc: '' },
    { id: `${start}_note`, name: 'note', role, type: { kind: 'str' }, desc: '' },
    { id: `${start}_turns`, name: 'turns', role, type: { kind: 'history' }, desc: '' },
  ]
  const { graph } = file.project
  const nodes = graph.nodes.map(node => {
    if (node.kind === 'input') return { ...node, fields: given('output', 'in') }
    return node.kind === 'signature'
      ? { ...node, fields: [...given('input', 'c'), ...node.fields.filter(({ role }) => role === 'output')] }
      : node
  })
  const edges = [
    ...graph.edges.filter(({ from }) => from.node !== 'in'),
    ...['text', 'note', 'turns'].map(name => ({
      id: `e_${name}`,
      from: { node: 'in', field: `in_${name}` },
      to: { node: 'classify', field: `c_${name}` },
    })),
  ]
  const whole: ProgramGraph = { ...graph, nodes, edges, adapter }
  const entries = Array.from({ length: rowCount }, (_, at) => ({ ref: blobRefOf(new Uint8Array(pdfOf(at)), 'application/pdf'), at }))
  return {
    ...file,
    project: {
      ...file.project,
      graph: whole,
      mapping: {
        inputs: { in_text: 'col_text', in_note: 'col_note', in_turns: 'col_turns' },
        labels: { out_label: 'col_label' },
      },
      split: { train: 0, val: 100, test: 0, seed: 0 },
    },
    dataset: {
      name: 'Talks',
      columns: [
        { id: 'col_text', name: 'text', type: 'file' },
        { id: 'col_note', name: 'note', type: 'str' },
        { id: 'col_turns', name: 'turns', type: 'json' },
        { id: 'col_label', name: 'label', type: 'str' },
      ],
      rows: entries.map(({ ref, at }) => ({
        id: `row_${at}`,
        cells: {
          col_text: { ...ref, name: `terms-${at}.pdf` },
          col_note: `note ${at}`,
          col_turns: { messages: [{ note: `earlier ${at}`, label: 'tool' }] },
          col_label: 'fruit',
        },
      })),
    },
    blobs: entries.map(({ ref: { $blob, mime }, at }): BlobEntry => ({ $blob, mime, data: pdfOf(at).toString('base64') })),
  }
}
