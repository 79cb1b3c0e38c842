import type { Page } from '@playwright/test'
import type { RunRecord } from '../src/storage/records'
import { readPrompt } from '../src/engine/adapters/prompt/read-prompt'
import { typedAnswer } from './fake-answer'
import { learnerAnswer } from './fake-learner'
import { startFakeOpenAi, type FakeOpenAi, type FakeRequest } from './fake-openai'
import { holds, refusing, type Quirk } from './fake-quirks'
import { expectStatus, importProject, readStorage, remoteProject, startCompile } from './pages/runs'
import { goTo } from './pages/studio'
import { expect, test } from './pages/test'

const quirks: readonly Quirk[] = ['max_tokens', 'temperature', 'seed', 'json_schema']
const from = 20
const concurrency = 4

test.describe.configure({ timeout: 600_000 })

let server: FakeOpenAi | undefined
test.afterEach(async () => {
  await server?.close()
  server = undefined
})

test('a run whose endpoint begins to refuse things is killed around the lesson and goes on to the same end', async ({
  browser,
  baseURL,
}) => {
  const address = await serve([])
  const undisturbed = await run(await freshPage())
  expect(undisturbed.result?.best?.summary.mean).toBeGreaterThan(undisturbed.result?.baseline?.summary.mean ?? 1)
  await server?.close()

  for (const delayMs of [0, 10, 40, 120]) {
    await test.step(`killed ${delayMs} ms after the first refusal`, async () => {
      await serve(quirks, address)
      let page = await freshPage()
      const runId = await startCompile(page, await importProject(page, project()))
      const runUrl = page.url()
      while (!requests().some(isRefused)) await new Promise(resolve => setTimeout(resolve, 2))
      await new Promise(resolve => setTimeout(resolve, delayMs))
      const context = page.context()
      await page.close()
      const sent = requests().length
      page = await context.newPage()
      await page.goto(runUrl)
      await expectStatus(page, 'Interrupted')
      const before = await readStorage(page, runId)
      await page.getByRole('button', { name: 'Resume' }).first().click()
      await expectStatus(page, 'Done', 60_000)
      const after = await readStorage(page, runId)
      expect(after.run).toMatchObject({ digest: undisturbed.digest, result: undisturbed.result })
      expect(after.run?.divergence).toBeUndefined()
      // What was stored is not asked again; every attempt is counted, those that were lost with the tab as well.
      const again = requests().slice(sent)
      expect(again.filter(request => !isRefused(request))).toHaveLength(after.answers.length - before.answers.length)
      expect(again.filter(isRefused).length).toBeLessThanOrEqual(quirks.length * concurrency)
      expect(after.run?.totals.calls).toBeGreaterThanOrEqual(server?.count ?? Infinity)
      await expectReplay(page)
      await context.close()
      await server?.close()
    })
  }

  async function freshPage(): Promise<Page> {
    return (await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 } })).newPage()
  }

  async function run(page: Page): Promise<RunRecord> {
    const runId = await startCompile(page, await importProject(page, project()))
    await expectStatus(page, 'Done', 60_000)
    const { run: record } = await readStorage(page, runId)
    await page.context().close()
    if (!record) throw new Error('the run was not stored')
    return record
  }
})

test('what was found out stands in the dialog of the model, spares the next run the refusals, and is asked again after a reset', async ({
  page,
}) => {
  await serve(quirks)
  const projectId = await importProject(page, project())
  await startCompile(page, projectId)
  await expectStatus(page, 'Done', 60_000)
  expect(requests().filter(isRefused).length).toBeGreaterThan(0)

  const dialog = await openModel(page)
  const note = dialog.getByRole('group', { name: 'Found out' })
  await expect(note).toContainText('Found out: the model takes no JSON schema, no limit called max_tokens, no temperature and no seed.')
  await page.keyboard.press('Escape')
  const before = requests().length
  // Other instructions, so that nothing comes from the cache.
  const other = project('Say what kind of thing it is.')
  await startCompile(page, await importProject(page, other))
  await expectStatus(page, 'Done', 60_000)
  expect(requests().length).toBeGreaterThan(before + 10)
  expect(requests().slice(before).filter(isRefused)).toEqual([])

  await (await openModel(page)).getByRole('button', { name: 'Reset' }).click()
  await expect(page.getByRole('group', { name: 'Found out' })).toBeHidden()
  await page.keyboard.press('Escape')
  const then = requests().length
  await startCompile(page, await importProject(page, project('Which kind is it?')))
  await expectStatus(page, 'Done', 60_000)
  expect(requests().slice(then).filter(isRefused).length).toBeGreaterThan(0)
})

/** Starts the endpoint, at the address of an earlier one where that is given; returns its port. */
async function serve(refused: readonly Quirk[], port = 0): Promise<number> {
  server = await startFakeOpenAi({ latencyMs: 25, port, answer: refusing(refused, answer, { from }) })
  return server.port
}

/** Learns from demos; some rows can only be read when they are asked for as JSON. */
function answer(request: FakeRequest): string {
  const prompt = readPrompt(request.messages)
  if (prompt.outputs.length === 0 || prompt.format !== 'chat') return typedAnswer(request)
  return /number \d*[37]\b/.test(prompt.request['text'] ?? '') ? 'That is hard to say.' : learnerAnswer(request)
}

function project(instructions = 'Name the kind of thing.'): ReturnType<typeof remoteProject> {
  const params = { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 }
  const file = remoteProject(server?.url ?? '', { optimizer: 'bootstrap-few-shot-random-search', rows: 24, concurrency, params })
  const settings = { temperature: 0, maxTokens: 300, seed: 5 }
  return {
    ...file,
    project: {
      ...file.project,
      state: { classify: { instructions, demos: [] } },
      models: file.project.models.map(model => ({ ...model, settings })),
    },
  }
}

function requests(): readonly FakeRequest[] {
  return server?.requests ?? []
}

function isRefused(request: FakeRequest): boolean {
  return request.index >= from && quirks.some(quirk => holds(request, quirk))
}

async function openModel(page: Page) {
  await goTo(page, 'Compile')
  await page.getByRole('button', { name: 'Edit Remote' }).click()
  return page.getByRole('dialog', { name: 'Edit Remote' })
}

async function expectReplay(page: Page): Promise<void> {
  const sent = server?.count
  await page.getByRole('button', { name: 'More about this run' }).click()
  await page.getByRole('menuitem', { name: /^Replay from record/ }).click()
  const report = page.getByRole('dialog', { name: 'Replay from record' })
  await expect(report).toContainText('The replay did the same, step by step.')
  await expect(report).toContainText(/Requests sent\s*0/)
  expect(server?.count).toBe(sent)
}
