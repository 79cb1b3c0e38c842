import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { givesAway, spellings } from '../src/testing/arbitrary-keys'
import { typedAnswer } from './fake-answer'
import { echoes } from './fake-echoes'
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import { expectStatus, importProject, remoteProject, startCompile } from './pages/runs'
import { downloadOf } from './pages/studio'
import { expect, test } from './pages/test'

const key = 'sk-proj-Abc+d/e=fghijklmnop-4711'
let server: FakeOpenAi
test.afterEach(() => server.close())

test('a key that a server sends back is forgotten in all tabs, pauses the run, and is nowhere on disk or in files', async ({
  page,
  context,
}) => {
  // Answers that can be read, and some that cannot; each with the header in another spelling.
  const ways = ['in the answer', 'in thoughts apart', 'in a section of the answer', 'in a stream', 'in the arguments of a tool call']
  const spelled = Object.values(spellings)
  server = await startFakeOpenAi({
    latencyMs: 150,
    requireKey: key,
    answer: request => {
      const said = spelled[request.index % spelled.length]?.(request.headers['authorization'] ?? '') ?? ''
      const way = request.index % 3 === 0 ? (ways[Math.floor(request.index / 3) % ways.length] ?? '') : 'in thoughts apart'
      return echoes[way]?.(said, typedAnswer(request)) ?? ''
    },
  })
  const project = remoteProject(server.url, { rows: 60, concurrency: 2 })
  const projectId = await importProject(page, {
    ...project,
    project: { ...project.project, run: { ...project.project.run, maxErrors: 100 } },
  })
  await saveKey(page, key)
  const runId = await startCompile(page, projectId)
  await expect.poll(() => server.answered).toBeGreaterThan(8)

  const other = await context.newPage()
  await other.goto('/#/settings')
  await other.getByRole('button', { name: `Forget the key for ${new URL(server.url).origin}` }).click()
  await expectStatus(page, 'Paused')
  await expect(page.getByText(/^Paused: key forgotten/)).toBeVisible()
  await expect(page.getByText(/was forgotten, and nothing is sent there without it/)).toBeVisible()
  const sent = server.count
  await page.waitForTimeout(600)
  expect(server.count).toBe(sent)
  await other.close()

  await test.step('and goes on once it is entered again', async () => {
    await saveKey(page, key)
    await page.goto(`/#/p/${projectId}/runs/${runId}`)
    await page.getByRole('button', { name: 'Resume' }).first().click()
    await expectStatus(page, 'Done', 60_000)
    expect(server.requests.every(({ headers }) => headers['authorization'] === `Bearer ${key}`)).toBe(true)
  })

  const written = await dump(page)
  expect(written).toContain('[key removed]')
  expect(hits(written)).toEqual([])
  await page.goto('/#/settings')
  const backup = await downloadOf(page, () => page.getByRole('button', { name: 'Back up everything' }).click())
  expect(hits(await readFile(await backup.path(), 'utf8'))).toEqual([])
})

/** Lines that give the key away, so that a failure names them. */
function hits(text: string): readonly string[] {
  return text.split('\n').filter(line => givesAway(line, key))
}

async function saveKey(page: Page, typed: string): Promise<void> {
  await page.goto('/#/settings')
  await page.getByLabel('Address of the provider').fill(server.url)
  await page.getByLabel('Key', { exact: true }).fill('sk-ключ-4711')
  await expect(page.getByText(/not on a plain English keyboard/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save key' })).toBeDisabled()
  await page.getByLabel('Key', { exact: true }).fill(`Bearer ${typed} `)
  await page.getByLabel('Remember on this device').check()
  await page.getByRole('button', { name: 'Save key' }).click()
  await expect(page.getByText(/The word “Bearer” in front of the key was left out/).first()).toBeVisible()
}

/** Every record of every database but the sealed keys, a line each, and what the page shows. */
async function dump(page: Page): Promise<string> {
  const records = await page.evaluate(async () => {
    const ask = <R>(request: IDBRequest<R>): Promise<R> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error ?? new Error('not read')))
      })
    const lines: string[] = [
      document.body.innerText,
      JSON.stringify(Object.entries(localStorage)),
      JSON.stringify(Object.entries(sessionStorage)),
    ]
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await ask(indexedDB.open(name))
      for (const store of database.objectStoreNames)
        for (const record of await ask(database.transaction([store]).objectStore(store).getAll())) lines.push(JSON.stringify(record))
      database.close()
    }
    return lines
  })
  return records.join('\n')
}
