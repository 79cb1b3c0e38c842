import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { BlobEntry } from '../src/engine/blobs/blob-entry'
import { blobRefOf } from '../src/engine/blobs/blob-store'
import type { FieldType } from '../src/engine/signature/types/field-type'
import type { ProjectFile } from '../src/engine/project/project'
import { startFakeOpenAi, type FakeOpenAi, type FakeRequest } from './fake-openai'
import { expectAccessible } from './pages/axe'
import { rows } from './pages/data'
import { expectStatus, importProject, remoteProject } from './pages/runs'
import { downloadOf, goTo, saved } from './pages/studio'
import { expect, test } from './pages/test'

let server: FakeOpenAi
test.afterEach(() => server?.close())

test('images of rows are shown, changed, sent, traced, counted, and come back from a backup', async ({ page, context, baseURL }) => {
  server = await startFakeOpenAi({ answer: request => labelled(kindIn(request)) })
  const projectId = await importProject(page, pictureProject(server.url))

  await test.step('shows them in their rows', async () => {
    await goTo(page, 'Data')
    await expect(pictures(page)).toHaveCount(3)
    await expect.poll(() => pictures(page).evaluateAll(all => all.every(each => (each as HTMLImageElement).naturalWidth === 8))).toBe(true)
  })

  await test.step('takes another one by keyboard and file, and says what is not an image', async () => {
    await rows(page)
      .getByRole('gridcell')
      .filter({ has: page.locator('img') })
      .last()
      .dblclick()
    const box = page.getByRole('group', { name: 'text (Image)' })
    await expect(box.getByRole('button', { name: 'Change image…' })).toBeFocused()
    const chooser = box.locator('input[type=file]')
    await chooser.setInputFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') })
    await expect(box.getByRole('alert')).toContainText('is not an image')
    await chooser.setInputFiles({ name: 'saw.png', mimeType: 'image/png', buffer: Buffer.from(pngOf('tool', 9)) })
    await expect(box.getByRole('alert')).toBeHidden()
    await expect
      .poll(() =>
        pictures(page)
          .last()
          .evaluate(each => (each as HTMLImageElement).naturalWidth),
      )
      .toBe(8)
    await page.keyboard.press('Escape')
    await expect(box).toBeHidden()
    await expectAccessible(page)
  })

  await test.step('sends their bytes, and shows them in the trace', async () => {
    await saved(page)
    await page.getByRole('banner').getByRole('button', { name: 'Evaluate' }).click()
    await page.waitForURL(/\/runs\/[\w-]+$/)
    await expectStatus(page, 'Done', 30_000)
    expect(server.requests.map(request => kindIn(request) ?? 'unseen').toSorted((a, b) => a.localeCompare(b))).toEqual([
      'fruit',
      'tool',
      'tool',
    ])
    await page.getByRole('button', { name: 'Traces' }).click()
    const trace = page.getByRole('article', { name: /^Trace of row/ })
    await expect(trace.locator('img').first()).toBeVisible()
    await expectAccessible(page)
  })

  await test.step('counts each once, and brings all of them back', async () => {
    await page.goto('/#/settings')
    await expect(page.getByText(/^4 files, \d+ B\./)).toBeVisible()
    const download = await downloadOf(page, () => page.getByRole('button', { name: 'Back up everything' }).click())
    const backup = { name: 'backup.jsonl', mimeType: 'application/jsonl', buffer: await readFile(await download.path()) }
    await page.goto('about:blank')
    const session = await context.newCDPSession(page)
    await session.send('Storage.clearDataForOrigin', { origin: new URL(baseURL ?? '').origin, storageTypes: 'indexeddb' })
    await page.goto('/')
    await page.getByLabel('Backup to bring back').setInputFiles(backup)
    await expect(page.getByRole('region', { name: 'Your projects' })).toContainText('Things over HTTP')
    await page.goto(`/#/p/${projectId}/data`)
    await expect(pictures(page)).toHaveCount(3)
  })
})

function pictures(page: Page) {
  return rows(page).locator('img')
}

/** What a model that reads the bytes sees: they say it after the end of the picture. */
function kindIn({ body }: FakeRequest): string | undefined {
  const data = /data:image\/png;base64,([\w+/=]+)/.exec(JSON.stringify(body))?.[1] ?? ''
  return /it shows a (\w+)/.exec(Buffer.from(data, 'base64').toString('latin1'))?.[1]
}

function labelled(kind: string | undefined): string {
  return `[[ ## label ## ]]\n${kind ?? 'unseen'}\n\n[[ ## completed ## ]]\n`
}

/** The toy project with pictures in place of its texts, all of them to be evaluated. */
function pictureProject(url: string): ProjectFile {
  const file = remoteProject(url)
  const image: FieldType = { kind: 'image' }
  const shown = (['fruit', 'tool', 'fruit'] as const).map((kind, number) => ({ kind, bytes: pngOf(kind, number) }))
  const columns = (file.dataset?.columns ?? []).map(column => (column.id === 'col_text' ? { ...column, type: 'image' as const } : column))
  const { graph } = file.project
  const nodes = graph.nodes.map(node =>
    'fields' in node ? { ...node, fields: node.fields.map(field => (field.name === 'text' ? { ...field, type: image } : field)) } : node,
  )
  return {
    ...file,
    project: { ...file.project, graph: { ...graph, nodes }, split: { train: 0, val: 100, test: 0, seed: 0 } },
    dataset: {
      name: 'Pictures',
      columns,
      rows: shown.map(({ kind, bytes }, number) => ({
        id: `row_${number}`,
        cells: { col_text: blobRefOf(bytes, 'image/png'), col_label: kind },
      })),
    },
    blobs: shown.map(({ bytes }): BlobEntry => {
      const { $blob, mime } = blobRefOf(bytes, 'image/png')
      return { $blob, mime, data: Buffer.from(bytes).toString('base64') }
    }),
  }
}

const greySquare = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAE0lEQVR4nGPoOQOBDFC6h4EsEQAMoisBwm7zLQAAAABJRU5ErkJggg=='

/** A grey square of eight pixels. What follows the end of a picture, no browser reads. */
function pngOf(kind: string, number: number): Uint8Array<ArrayBuffer> {
  const words = Buffer.from(`${number}: it shows a ${kind}`)
  return new Uint8Array(Buffer.concat([Buffer.from(greySquare, 'base64'), words]))
}
