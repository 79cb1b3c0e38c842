import type { Browser, Page } from '@playwright/test'
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import { expectStatus, importProject, readStorage, remoteProject, startCompile } from './pages/runs'
import { expect, test } from './pages/test'

let server: FakeOpenAi
test.afterEach(() => server.close())

test('a run goes on while its page does nothing at all, and the page catches up', async ({ page }) => {
  server = await startFakeOpenAi({ latencyMs: 100 })
  await startCompile(page, await importProject(page, remoteProject(server.url, { rows: 100, concurrency: 2 })))
  await expect.poll(() => server.count).toBeGreaterThan(2)
  const before = server.count
  // Worse than any throttling: no timer, no frame and no message is handled for three seconds.
  await page.evaluate(() => {
    const end = performance.now() + 3_000
    while (performance.now() < end);
  })
  const meanwhile = server.count - before
  // 2 at a time, 100 ms each: 60 in three seconds at best.
  expect(meanwhile).toBeGreaterThan(30)
  await expectStatus(page, 'Done', 30_000)
  console.log(`${meanwhile} requests while the page was blocked for 3 s`)
})

test('a run whose page has no timers ends all the same', async ({ page }) => {
  server = await startFakeOpenAi({ latencyMs: 50 })
  const runId = await startCompile(page, await importProject(page, remoteProject(server.url, { rows: 60, concurrency: 2 })))
  await page.evaluate(() => {
    Object.assign(window, { setTimeout: () => 0, setInterval: () => 0, requestAnimationFrame: () => 0, requestIdleCallback: () => 0 })
  })
  await expect.poll(async () => (await readStorage(page, runId)).run?.status, { timeout: 30_000 }).toBe('done')
})

test('a run in a tab that fell asleep is moved to another, and the first sends nothing more when it wakes', async ({
  page,
  context,
  browser,
}) => {
  server = await startFakeOpenAi({ latencyMs: 100 })
  await startCompile(page, await importProject(page, remoteProject(server.url, { rows: 100, concurrency: 2 })))
  await expect.poll(() => server.count).toBeGreaterThan(4)
  const sleeper = await rendererOf(browser)
  const watcher = await context.newPage()
  await watcher.goto(page.url())
  await expectStatus(watcher, 'Running')
  try {
    // What a frozen tab is from outside: it does nothing, and keeps its lock. No browser freezes one in the middle of a transaction.
    do {
      process.kill(sleeper, 'SIGCONT')
      await watcher.waitForTimeout(20)
      process.kill(sleeper, 'SIGSTOP')
    } while (!(await isDatabaseFree(watcher)))
    await watcher.waitForTimeout(300)
    const frozenAt = server.count
    await watcher.waitForTimeout(1_000)
    expect(server.count).toBe(frozenAt)
    await expectStatus(watcher, 'Running')
    await lastSeen(watcher, runIdOf(watcher), Date.now() - 31_000)
    await expect(watcher.getByText('The tab that runs this is asleep')).toBeVisible({ timeout: 8_000 })
    await watcher.getByRole('button', { name: 'Continue here' }).click()
    await expect.poll(() => server.count).toBeGreaterThan(frozenAt + 4)
  } finally {
    process.kill(sleeper, 'SIGCONT')
  }
  await Promise.all([expectStatus(watcher, 'Done', 30_000), expectStatus(page, 'Done', 30_000)])
  const { run, answers } = await readStorage(watcher, runIdOf(watcher))
  expect(run).toMatchObject({ status: 'done', epoch: 2 })
  expect(server.count - answers.length).toBeLessThanOrEqual(2)
})

test('title and icon of the tab show how far it is, and a notification tells the end to who looks elsewhere', async ({ page, context }) => {
  await context.grantPermissions(['notifications'])
  await page.addInitScript(() => {
    const told: string[] = []
    // The system's own notification cannot be seen from here: only that it is asked for.
    class Told extends EventTarget {
      static readonly permission = 'granted'
      static readonly requestPermission = async () => 'granted'
      constructor(title: string) {
        super()
        told.push(title)
      }
    }
    Object.assign(window, { Notification: Told, told })
  })
  server = await startFakeOpenAi({ latencyMs: 60 })
  const projectId = await importProject(page, remoteProject(server.url, { rows: 60, concurrency: 2 }))
  await page.goto('/#/settings')
  await page.getByRole('switch', { name: 'Notify me when a run is done' }).click()
  await expect(page.getByRole('switch', { name: 'Notify me when a run is done' })).toBeChecked()
  await page.reload()
  await expect(page.getByRole('switch', { name: 'Notify me when a run is done' })).toBeChecked()

  await startCompile(page, projectId)
  await expect.poll(() => page.title()).toMatch(/^[1-9]\d? % · Things over HTTP – DSPy Studio$/)
  const icon = page.locator('link[rel~="icon"]')
  await expect(icon).toHaveAttribute('href', /^data:image\/svg\+xml/)
  await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true }))
  await expectStatus(page, 'Done', 30_000)
  await expect.poll(() => page.evaluate(() => (window as unknown as { told: string[] }).told)).toEqual(['The compile finished'])
  await expect.poll(() => page.title()).toBe('Things over HTTP – DSPy Studio')
  await expect(icon).not.toHaveAttribute('href', /^data:/)
})

/** The process of the only page that is open. */
async function rendererOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  const busiest = renderers.toSorted((a, b) => b.cpuTime - a.cpuTime)[0]
  if (!busiest) throw new Error('the page has no process')
  return busiest.id
}

function runIdOf(page: Page): string {
  return page.url().split('/').at(-1) ?? ''
}

/** False while another tab holds a transaction open. */
function isDatabaseFree(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('dspy-studio')
      opening.addEventListener('success', () => resolve(opening.result))
      opening.addEventListener('error', () => reject(opening.error ?? new Error('not opened')))
    })
    const done = new Promise<boolean>(resolve => {
      const transaction = database.transaction([...database.objectStoreNames], 'readwrite')
      transaction.addEventListener('complete', () => resolve(true))
      transaction.objectStore('runs').count()
    })
    const isFree = await Promise.race([done, new Promise<boolean>(resolve => setTimeout(() => resolve(false), 500))])
    database.close()
    return isFree
  })
}

/** Writes the last sign of life of whoever runs it, so that the test need not wait for half a minute. */
function lastSeen(page: Page, runId: string, at: number): Promise<void> {
  return page.evaluate(
    ({ id, heartbeatAt }) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('dspy-studio')
        opening.addEventListener('success', () => {
          const transaction = opening.result.transaction('runs', 'readwrite')
          const store = transaction.objectStore('runs')
          const reading = store.get(id)
          reading.addEventListener('success', () => store.put({ ...reading.result, heartbeatAt }))
          transaction.addEventListener('complete', () => {
            opening.result.close()
            resolve()
          })
          transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('not written')))
        })
      }),
    { id: runId, heartbeatAt: at },
  )
}
