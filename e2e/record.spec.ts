import { readFile } from 'node:fs/promises'
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import { expectStatus, importProject, readStorage, remoteProject, startCompile } from './pages/runs'
import { downloadOf, goTo } from './pages/studio'
import { expect, test } from './pages/test'

let server: FakeOpenAi
test.afterEach(() => server.close())

test('a run is exported without its key, opens in another browser, and replays there without a request', async ({
  page,
  browser,
  baseURL,
}) => {
  const key = 'sk-canary-e2e-77aa66bb55cc'
  server = await startFakeOpenAi({ requireKey: key })
  await page.goto('/#/settings')
  await page.getByRole('textbox', { name: 'Address of the provider' }).fill(server.url)
  await page.getByRole('textbox', { name: 'Key' }).fill(key)
  await page.getByRole('checkbox', { name: 'Remember on this device' }).click()
  await page.getByRole('button', { name: 'Save key' }).click()
  await expect(page.getByText(`•••• ${key.slice(-4)}`)).toBeVisible()
  const runId = await startCompile(page, await importProject(page, remoteProject(server.url, { optimizer: 'bootstrap-few-shot' })))
  await expectStatus(page, 'Done', 30_000)
  const { run } = await readStorage(page, runId)
  const download = await downloadOf(page, async () => {
    await page.getByRole('button', { name: 'More about this run' }).click()
    await page.getByRole('menuitem', { name: 'Export run file' }).click()
  })
  const text = await readFile(await download.path(), 'utf8')
  expect(text).not.toContain(key)
  expect(JSON.parse(text)).toMatchObject({ format: 'dspy-studio-run', run: { digest: run?.digest } })

  const elsewhere = await (await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 } })).newPage()
  await importProject(elsewhere, remoteProject(server.url, { rows: 10 }))
  await goTo(elsewhere, 'Runs')
  const sent = server.count
  await elsewhere.getByLabel('Run file').setInputFiles({ name: 'run.json', mimeType: 'application/json', buffer: Buffer.from(text) })
  await expectStatus(elsewhere, 'Done')
  const imported = await readStorage(elsewhere, elsewhere.url().split('/').at(-1) ?? '')
  expect(imported.run).toMatchObject({ digest: run?.digest, result: run?.result, totals: run?.totals })
  await elsewhere.getByRole('button', { name: 'More about this run' }).click()
  await elsewhere.getByRole('menuitem', { name: /^Replay from record/ }).click()
  const report = elsewhere.getByRole('dialog', { name: 'Replay from record' })
  await expect(report).toContainText('The replay did the same, step by step.')
  await expect(report).toContainText(/Requests sent\s*0/)
  expect(server.count).toBe(sent)
  await elsewhere.context().close()
})

for (const concurrency of [1, 8, 64]) {
  test(`a cap of calls holds to the last request at concurrency ${concurrency}, also over a kill, and can be raised`, async ({
    page,
    context,
  }) => {
    server = await startFakeOpenAi({ latencyMs: 60 })
    const maxCalls = 45
    const options = { rows: 40, concurrency, optimizer: 'bootstrap-few-shot-random-search', params: { num_candidate_programs: 2 } }
    const runId = await startCompile(page, await importProject(page, remoteProject(server.url, { ...options, budget: { maxCalls } })))
    await expect.poll(() => server.count).toBeGreaterThan(10)
    const address = page.url()
    // The requests that are under way now are lost with the tab, and count all the same.
    await page.close()
    const next = await context.newPage()
    await next.goto(address)
    await expectStatus(next, 'Interrupted')
    await next.getByRole('button', { name: 'Resume' }).first().click()
    await expectStatus(next, 'Stopped by cap', 30_000)
    expect(server.count).toBeLessThanOrEqual(maxCalls)
    const capped = await readStorage(next, runId)
    expect(capped.run?.totals.calls).toBeGreaterThanOrEqual(server.count)
    expect(capped.run?.totals.calls).toBeLessThanOrEqual(maxCalls)

    await next.getByRole('button', { name: 'Raise and continue' }).first().click()
    await next.getByRole('spinbutton', { name: 'LM calls' }).fill('1000')
    await next.getByRole('button', { name: 'Continue with these caps' }).click()
    await expectStatus(next, 'Done', 60_000)
    const { run, answers } = await readStorage(next, runId)
    expect(run).toMatchObject({ status: 'done', epoch: 3, spec: { budget: { maxCalls: 1_000 } } })
    expect(run?.divergence).toBeUndefined()
    const lost = server.count - answers.length
    expect(lost).toBeLessThanOrEqual(Math.min(concurrency, 6))
    console.log(`concurrency ${concurrency}: ${lost} requests lost to the kill, ${run?.totals.lostCalls ?? 0} counted as lost`)
  })
}
