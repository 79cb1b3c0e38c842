import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, expect, test, type Browser, type Page } from '@playwright/test'
import { chromiumArguments, findChromium } from '../scripts/chromium.mjs'
import { chatOf } from '../src/testing/chat-of'
import { pythonRandom } from '../src/lib/rng'
import type { RunRecord } from '../src/storage/records'
import { learnerAnswer } from './fake-learner'
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import { expectStatus, importProject, readStorage, remoteProject, startCompile } from './pages/runs'

const killsPerOptimizer = 20
const killsPerRun = 5
const concurrency = 4
const optimizers = [
  { id: 'labeled-few-shot', rows: 40, params: { k: 4 } },
  { id: 'bootstrap-few-shot', rows: 40, params: { max_bootstrapped_demos: 3, max_labeled_demos: 6 } },
  {
    id: 'bootstrap-few-shot-random-search',
    rows: 24,
    params: { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 },
  },
  { id: 'gepa', rows: 40, params: { auto: 'manual', max_metric_calls: 140 } },
]

test.describe.configure({ timeout: 900_000 })

let server: FakeOpenAi
test.beforeAll(async () => {
  server = await startFakeOpenAi({ latencyMs: 20, answer: learnerAnswer })
})
test.afterAll(() => server.close())
/** A test that runs out of time never comes to its own end: its browser has to be ended from here. */
let profile: Profile | undefined
test.afterEach(async () => {
  await profile?.close()
  profile = undefined
})

for (const { id, rows, params } of optimizers) {
  test(`${id} killed at ${killsPerOptimizer} points is resumed to the same result, and no stored answer is asked for again`, async ({
    page,
    baseURL,
  }) => {
    const file = remoteProject(server.url, { optimizer: id, params, rows, concurrency })
    const undisturbed = await runUndisturbed(page, file)
    const seed = Number(process.env.RESUME_SEED ?? Date.now() % 100_000)
    // Now, so that a failure can be tried again with the same points.
    console.log(`${id}: RESUME_SEED=${seed}`)
    const random = pythonRandom(`${id} ${seed}`)
    const points: string[] = []
    for (let kills = 0; kills < killsPerOptimizer;) {
      profile = await openProfile(baseURL ?? '')
      const targets = random.sample(range(1, undisturbed.requests.length - 1), killsPerRun).toSorted((a, b) => a - b)
      kills += await runKilled(profile, file, undisturbed, targets.slice(0, killsPerOptimizer - kills), random, points)
      await profile.close()
      profile = undefined
    }
    console.log(`${id}: ${undisturbed.requests.length} requests undisturbed, killed after ${points.join(', ')}`)
  })
}

interface Undisturbed {
  readonly run: RunRecord
  /** What was asked, one entry a request. */
  readonly requests: readonly string[]
}

async function runUndisturbed(page: Page, file: ReturnType<typeof remoteProject>): Promise<Undisturbed> {
  server.reset()
  const runId = await startCompile(page, await importProject(page, file))
  await expectStatus(page, 'Done', 60_000)
  const { run } = await readStorage(page, runId)
  if (!run?.digest) throw new Error('the undisturbed run left no digest')
  // A search that finds nothing would be resumed to the same nothing.
  expect(run.result?.best?.summary.mean).toBeGreaterThan(run.result?.baseline?.summary.mean ?? 1)
  return { run, requests: server.requests.map(({ body }) => signature(body)) }
}

/** One compile, killed again and again and resumed by its button. Returns how many kills hit it before it was done. */
async function runKilled(
  profile: Profile,
  file: ReturnType<typeof remoteProject>,
  undisturbed: Undisturbed,
  targets: readonly number[],
  random: ReturnType<typeof pythonRandom>,
  points: string[],
): Promise<number> {
  server.reset()
  const wanted = countOf(undisturbed.requests)
  let page = await profile.page()
  const runId = await startCompile(page, await importProject(page, file))
  const runUrl = page.url()
  let hits = 0
  let askedBefore = 0
  let storedBefore = 0
  /** Requests that the coming attempt may still make: those whose answer was not stored. */
  let allowed = wanted

  const checkAttempt = (): void => {
    for (const [body, times] of countOf(server.requests.slice(askedBefore).map(request => signature(request.body)))) {
      expect(times, `asked again although the answer was stored: ${body.slice(0, 300)}`).toBeLessThanOrEqual(allowed.get(body) ?? 0)
    }
  }

  for (const target of targets) {
    const extra = askedBefore - storedBefore
    await until(async () => server.count >= target + extra || server.count - extra >= undisturbed.requests.length)
    // Anywhere between two requests, too.
    await new Promise(resolve => setTimeout(resolve, random.randbelow(30)))
    const way = random.choice(['close', 'close', 'crash', 'crash', 'kill'] as const)
    await profile.kill(page, way)
    page = await profile.page()
    await page.goto(runUrl)
    // A browser that has just been killed starts anew, beside whatever else this machine does.
    await page.getByRole('navigation', { name: 'Place' }).waitFor({ timeout: 60_000 })
    const { run, answers } = await readStorage(page, runId)
    checkAttempt()
    const stored = answers.length
    const lost = server.count - askedBefore - (stored - storedBefore)
    expect(lost, 'requests whose answer was lost').toBeLessThanOrEqual(concurrency)
    askedBefore = server.count
    storedBefore = stored
    const recorded = countOf(answers.map(({ request }) => signature({ ...request, ...chatOf(request).settings })))
    allowed = new Map([...wanted].map(([body, times]) => [body, times - (recorded.get(body) ?? 0)]))
    if (run?.status === 'done') break
    hits += 1
    points.push(`${target} (${way}, ${lost} lost)`)
    await expectStatus(page, 'Interrupted', 3_000)
    await page.getByRole('button', { name: 'Resume' }).first().click()
  }
  await expectStatus(page, 'Done', 60_000)
  checkAttempt()
  const { run, answers } = await readStorage(page, runId)
  expect(run).toMatchObject({ status: 'done', digest: undisturbed.run.digest, result: undisturbed.run.result })
  expect(run?.divergence).toBeUndefined()
  expect(answers).toHaveLength(undisturbed.requests.length)
  expect(server.count - undisturbed.requests.length).toBeLessThanOrEqual(hits * concurrency)
  // Every request that left was noted before, also those of attempts that were killed.
  expect(run?.totals.calls).toBeGreaterThanOrEqual(server.count)
  expect(run?.totals).toMatchObject({ answered: undisturbed.run.totals.answered, cost: expect.closeTo(undisturbed.run.totals.cost, 9) })
  return hits
}

interface Profile {
  page(): Promise<Page>
  kill(page: Page, way: 'close' | 'crash' | 'kill'): Promise<void>
  close(): Promise<void>
}

/** A browser with a profile on disk, started by hand: so it can be killed like any process. */
async function openProfile(baseURL: string): Promise<Profile> {
  const folder = mkdtempSync(join(tmpdir(), 'dspy-studio-profile-'))
  let running = await launch(folder)
  const end = async (): Promise<void> => {
    const gone = new Promise(resolve => running.process.once('exit', resolve))
    // The group: a browser's children outlive it for a moment, and still write.
    if (running.process.pid !== undefined) process.kill(-running.process.pid, 'SIGKILL')
    await gone
    await running.browser.close().catch(() => undefined)
  }
  return {
    async page() {
      const [context] = running.browser.contexts()
      if (!context) throw new Error('the browser has no context')
      const page = await context.newPage()
      const goto = page.goto.bind(page)
      // A browser one has connected to knows no base URL.
      page.goto = (url, options) => goto(new URL(url, baseURL).href, options)
      return page
    },
    async kill(page, way) {
      if (way === 'close') return page.close()
      if (way === 'crash') {
        const crashed = page.waitForEvent('crash')
        const session = await page.context().newCDPSession(page)
        session.send('Page.crash').catch(() => undefined)
        await crashed
        return page.close()
      }
      await end()
      running = await launch(folder)
    },
    async close() {
      await end()
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

async function launch(folder: string): Promise<{ readonly process: ChildProcess; readonly browser: Browser }> {
  const port = join(folder, 'DevToolsActivePort')
  rmSync(port, { force: true })
  const parameters = [
    '--headless=new',
    '--window-size=1440,900',
    '--remote-debugging-port=0',
    `--user-data-dir=${folder}`,
    ...chromiumArguments,
    'about:blank',
  ]
  const child = spawn(findChromium() ?? chromium.executablePath(), parameters, { stdio: 'ignore', detached: true })
  const address = await until(async () => {
    try {
      const [number, path] = readFileSync(port, 'utf8').split('\n')
      return path === undefined ? undefined : `ws://127.0.0.1:${number}${path}`
    } catch {
      return undefined
    }
  })
  return { process: child, browser: await chromium.connectOverCDP(address) }
}

/** Asks every few milliseconds; a test that waits without success ends by its own time limit. */
async function until<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    await new Promise(resolve => setTimeout(resolve, 3))
  }
}

/** What makes two requests the same to whoever pays for them. */
function signature(body: { readonly messages?: unknown; readonly temperature?: unknown }): string {
  return JSON.stringify([body.temperature ?? null, body.messages])
}

function countOf(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
