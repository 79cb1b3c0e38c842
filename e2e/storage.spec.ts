import { readFile } from 'node:fs/promises'

import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import { expectStatus, importProject, readStorage, remoteProject, startCompile } from './pages/runs'
import { downloadOf } from './pages/studio'
import { expect, test } from './pages/test'

let server: FakeOpenAi | undefined
test.afterEach(async () => {
  await server?.close()
  server = undefined
})

test('a run whose browser has no space left pauses with the reason, loses nothing, and goes on once space is freed', async ({
  page,
  context,
  baseURL,
}) => {
  // Text that does not compress: little for the first project, half a megabyte an answer for the second.
  const noise = Array.from({ length: 4 }, (_, part) => randomText(130_000, part)).join('')
  server = await startFakeOpenAi({
    latencyMs: 20,
    answer: ({ index, messages }) => {
      const isLarge = messages.some(message => message.content.includes('Asked again'))
      return `[[ ## label ## ]]\nfruit\n\n[[ ## completed ## ]]\n${isLarge ? noise : noise.slice(0, 20_000)}${index}`
    },
  })
  const session = await context.newCDPSession(page)
  const { origin } = new URL(baseURL ?? '')
  // Before the first write: the browser remembers for a while how much it found free.
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 8_000_000 })
  const first = remoteProject(server.url, { rows: 30, concurrency: 2 })
  // A run that is over: its answers may be thrown out.
  const oldRunId = await startCompile(page, await importProject(page, first))
  await expectStatus(page, 'Done', 30_000)
  const old = await readStorage(page, oldRunId)

  const state = { classify: { instructions: 'Asked again, so that nothing comes from the cache.', demos: [] } }
  const second = { ...first, project: { ...first.project, name: 'Another', state } }
  const runId = await startCompile(page, await importProject(page, second))
  const runAddress = page.url()
  await expect(page.getByText(/^Paused: no space left/)).toBeVisible({ timeout: 30_000 })
  await expectStatus(page, 'Paused')
  const sent = server.count
  await page.waitForTimeout(500)
  expect(server.count).toBe(sent)
  expect((await readStorage(page, oldRunId)).run).toEqual(old.run)

  await page.getByRole('link', { name: 'Open settings' }).click()
  await page.getByRole('button', { name: 'Free space' }).click()
  const dialog = page.getByRole('dialog', { name: 'Throw out stored answers?' })
  await dialog.getByRole('radio', { name: 'All' }).click()
  await dialog.getByRole('button', { name: 'Free space' }).click()
  await expect(page.getByText(/^About .* freed$/).first()).toBeVisible()
  // Room enough for the rest, whatever the browser has not given back yet.
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000_000 })
  await page.goto(runAddress)
  const resume = page.getByRole('button', { name: 'Resume' }).first()
  // It may have gone on by itself.
  await resume.waitFor({ timeout: 5_000 }).catch(() => undefined)
  if (await resume.isVisible()) await resume.click()
  await expectStatus(page, 'Done', 30_000)
  const { run } = await readStorage(page, runId)
  expect(run?.divergence).toBeUndefined()
  // Nothing was asked twice although writes failed in between.
  expect(server.requests.every(request => request.seen === 0)).toBe(true)
})

test('everything comes back from a backup after the browser has lost it, and the loss is told', async ({ page, context, baseURL }) => {
  server = await startFakeOpenAi()
  const runId = await startCompile(page, await importProject(page, remoteProject(server.url)))
  const runAddress = page.url()
  await expectStatus(page, 'Done', 30_000)
  const before = await readStorage(page, runId)
  await page.goto('/#/settings')
  const download = await downloadOf(page, () => page.getByRole('button', { name: 'Back up everything' }).click())
  expect(download.suggestedFilename()).toMatch(/^dspy-studio-\d{4}-\d\d-\d\d\.backup\.jsonl$/)
  const backup = { name: 'backup.jsonl', mimeType: 'application/jsonl', buffer: await readFile(await download.path()) }

  await page.goto('about:blank')
  const session = await context.newCDPSession(page)
  await session.send('Storage.clearDataForOrigin', { origin: new URL(baseURL ?? '').origin, storageTypes: 'indexeddb' })
  await page.goto('/')
  const loss = page.getByRole('alert').filter({ hasText: 'Your browser has lost this workspace' })
  await expect(loss).toContainText('The project that was stored here is gone')
  await expect(loss).toContainText('The last backup was downloaded')
  await page.getByLabel('Backup to bring back').setInputFiles(backup)
  await expect(loss).toBeHidden()
  await expect(page.getByRole('region', { name: 'Your projects' })).toContainText('Things over HTTP')
  await page.goto(runAddress)
  await expectStatus(page, 'Done')
  const after = await readStorage(page, runId)
  expect(after.run).toEqual(before.run)
  expect(after.answers.map(answer => answer.key).toSorted()).toEqual(before.answers.map(answer => answer.key).toSorted())
  await page.reload()
  await expect(loss).toBeHidden()
})

test('an empty browser is welcomed, and a workspace that was emptied by hand is not called lost', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('alert')).toBeHidden()
})

test('works in a private window, and says there that nothing will stay where the browser lets it know', async ({ page }) => {
  // Firefox and Safari refuse the file system in a private window; Chromium hides that it is one.
  await page.addInitScript(() => {
    navigator.storage.getDirectory = () => Promise.reject(new DOMException('not in a private window', 'SecurityError'))
  })
  server = await startFakeOpenAi()
  await startCompile(page, await importProject(page, remoteProject(server.url)))
  await expect(page.getByText('Temporary session')).toBeVisible()
  await expectStatus(page, 'Done', 30_000)
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect(page.getByText('Temporary session')).toBeHidden()
})

function randomText(length: number, seed: number): string {
  let state = seed + 1
  let text = ''
  for (let index = 0; index < length; index += 1) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223
    text += String.fromCharCode(33 + ((state >>> 16) % 90))
  }
  return text
}
