import type { Page } from '@playwright/test'
import type { BlobEntry } from '../src/engine/blobs/blob-entry'
import { blobRefOf } from '../src/engine/blobs/blob-store'
import type { ProjectFile } from '../src/engine/project/project'
import type { FieldType } from '../src/engine/signature/types/field-type'
import { startFakeOpenAi, type FakeOpenAi, type FakeRequest } from './fake-openai'
import { expectAccessible } from './pages/axe'
import { rows } from './pages/data'
import { expectStatus, importProject, remoteProject } from './pages/runs'
import { goTo, saved } from './pages/studio'
import { expect, test } from './pages/test'

let server: FakeOpenAi
test.afterEach(() => server?.close())

test('recordings of rows are played, changed, dropped, sent with their bytes and their format, and traced', async ({ page }) => {
  server = await startFakeOpenAi({
    answer: request => `[[ ## label ## ]]\n${heardIn(request)?.kind ?? 'unheard'}\n\n[[ ## completed ## ]]\n`,
  })
  await importProject(page, recordingProject(server.url))
  const [kept, chosen, dropped] = [wavOf('fruit', 0), wavOf('tool', 9), wavOf('fruit', 7)]

  await test.step('shows a player in each row, and plays', async () => {
    await goTo(page, 'Data')
    const play = rows(page).getByRole('button', { name: /^Play audio\/wav/ })
    await expect(play).toHaveCount(3)
    await play.first().click()
    await expect
      .poll(() =>
        rows(page)
          .locator('audio')
          .first()
          .evaluate(each => (each as HTMLAudioElement).duration),
      )
      .toBeCloseTo(0.1, 1)
  })

  await test.step('takes a file that is chosen, and says what is not a recording', async () => {
    await recordings(page)
      .nth(1)
      .dblclick({ position: { x: 150, y: 8 } })
    const box = page.getByRole('group', { name: 'text (Audio)' })
    await expect(box.getByRole('button', { name: 'Change recording…' })).toBeFocused()
    await expect(box.locator('audio[controls]')).toBeVisible()
    const chooser = box.locator('input[type=file]')
    await chooser.setInputFiles({ name: 'terms.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') })
    await expect(box.getByRole('alert')).toContainText('is not a recording')
    await expectAccessible(page)
    await chooser.setInputFiles({ name: 'saw.wav', mimeType: 'audio/wav', buffer: Buffer.from(chosen) })
    await expect(box).toBeHidden()
  })

  await test.step('takes a file that is dropped on its cell', async () => {
    const data = await page.evaluateHandle(
      bytes => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([Uint8Array.from(bytes)], 'apple.wav', { type: 'audio/wav' }))
        return transfer
      },
      [...dropped],
    )
    await recordings(page).nth(2).dispatchEvent('drop', { dataTransfer: data })
    await expect(page.getByRole('dialog')).toBeHidden()
    await expect(recordings(page).nth(2)).toContainText(`${dropped.length} B`)
  })

  await test.step('sends their bytes, and plays them in the trace', async () => {
    await saved(page)
    await page.getByRole('banner').getByRole('button', { name: 'Evaluate' }).click()
    await page.waitForURL(/\/runs\/[\w-]+$/)
    await expectStatus(page, 'Done', 30_000)
    const heard = server.requests.map(heardIn)
    expect(heard.map(one => one?.format)).toEqual(['wav', 'wav', 'wav'])
    const expected = [kept, chosen, dropped].map(bytes => Buffer.from(bytes).toString('base64'))
    expect(new Set(heard.map(one => one?.data))).toEqual(new Set(expected))
    await page.getByRole('button', { name: 'Traces' }).click()
    const trace = page.getByRole('article', { name: /^Trace of row/ })
    await expect(trace.getByRole('button', { name: /^Play/ }).or(trace.locator('audio[controls]')).first()).toBeVisible()
    await expectAccessible(page)
  })
})

test('files dropped on the data of a project become its rows', async ({ page }) => {
  server = await startFakeOpenAi({ answer: () => '[[ ## label ## ]]\nfruit\n\n[[ ## completed ## ]]\n' })
  await importProject(page, recordingProject(server.url))
  await goTo(page, 'Data')
  await page.getByLabel('File to import').setInputFiles([
    { name: 'one.wav', mimeType: 'audio/wav', buffer: Buffer.from(wavOf('fruit', 3)) },
    { name: 'two.wav', mimeType: 'audio/wav', buffer: Buffer.from(wavOf('tool', 4)) },
  ])
  const dialog = page.getByRole('dialog', { name: 'Check before importing' })
  await expect(dialog.getByLabel('Type of audio')).toHaveText(/Audio/)
  await dialog.getByRole('button', { name: 'Import 2 rows' }).click()
  await expect(rows(page).getByRole('button', { name: /^Play audio\/wav/ })).toHaveCount(2)
  await expect(rows(page)).toContainText('one.wav')
  await expect(rows(page)).toContainText('two.wav')
})

/** Cells of the column of recordings. */
function recordings(page: Page) {
  return rows(page)
    .getByRole('gridcell')
    .filter({ has: page.locator('audio') })
}

interface Heard {
  readonly data: string
  readonly format: string
  /** What a model that listens hears: a chunk of the file says it. */
  readonly kind: string | undefined
}

function heardIn({ body }: FakeRequest): Heard | undefined {
  const [, data = '', format = ''] = /"input_audio":\{"data":"([\w+/=]+)","format":"(\w+)"\}/.exec(JSON.stringify(body)) ?? []
  return data === ''
    ? undefined
    : { data, format, kind: /it sounds like a (\w+)/.exec(Buffer.from(data, 'base64').toString('latin1'))?.[1] }
}

/** The toy project with recordings in place of its texts, all of them to be evaluated. */
function recordingProject(url: string): ProjectFile {
  const file = remoteProject(url)
  const audio: FieldType = { kind: 'audio' }
  const heard = (['fruit', 'tool', 'fruit'] as const).map((kind, number) => ({ kind, bytes: wavOf(kind, number) }))
  const columns = (file.dataset?.columns ?? []).map(column => (column.id === 'col_text' ? { ...column, type: 'audio' as const } : column))
  const { graph } = file.project
  const nodes = graph.nodes.map(node =>
    'fields' in node ? { ...node, fields: node.fields.map(field => (field.name === 'text' ? { ...field, type: audio } : field)) } : node,
  )
  return {
    ...file,
    project: { ...file.project, graph: { ...graph, nodes }, split: { train: 0, val: 100, test: 0, seed: 0 } },
    dataset: {
      name: 'Recordings',
      columns,
      rows: heard.map(({ kind, bytes }, number) => ({
        id: `row_${number}`,
        cells: { col_text: blobRefOf(bytes, 'audio/wav'), col_label: kind },
      })),
    },
    blobs: heard.map(({ bytes }): BlobEntry => {
      const { $blob, mime } = blobRefOf(bytes, 'audio/wav')
      return { $blob, mime, data: Buffer.from(bytes).toString('base64') }
    }),
  }
}

/** A tenth of a second of silence, and a chunk of words that no player reads. */
function wavOf(kind: string, number: number): Uint8Array<ArrayBuffer> {
  const words = Buffer.from(`${number}: it sounds like a ${kind}`.padEnd(40))
  const samples = Buffer.alloc(800, 128)
  const format = Buffer.alloc(16)
  format.writeUInt16LE(1, 0)
  format.writeUInt16LE(1, 2)
  format.writeUInt32LE(8000, 4)
  format.writeUInt32LE(8000, 8)
  format.writeUInt16LE(1, 12)
  format.writeUInt16LE(8, 14)
  const chunk = (id: string, body: Buffer): Buffer => {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(body.length)
    return Buffer.concat([Buffer.from(id), size, body])
  }
  const chunks = Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), chunk('data', samples), chunk('note', words)])
  return new Uint8Array(chunk('RIFF', chunks))
}
