import type { Page } from '@playwright/test'
import { scorePercent } from '../src/lib/percent'
import { readPrompt } from '../src/engine/adapters/prompt/read-prompt'
import { writeAnswer } from '../src/engine/adapters/prompt/write-answer'
import { startFakeOpenAi, type FakeReply, type FakeRequest } from './fake-openai'
import { importRows, rows } from './pages/data'
import { runExported } from './pages/exported'
import { openModelDialog, useModel } from './pages/models'
import { bytesOf, choose, compile, downloadOf, goTo, openBlank, openExport, openTemplate, result, saved } from './pages/studio'
import { expect, test } from './pages/test'

test('compiles over HTTP through waits, refusals and garbage, to the exact score and the exact number of paid calls', async ({ page }) => {
  test.setTimeout(120_000)
  let refused = 0
  const server = await startFakeOpenAi({
    latencyMs: 30,
    requireKey: 'sk-right-1234',
    // By order of arrival: which rows lie in the val split differs from import to import.
    answer: request => {
      const fault = [rateLimit, serverError, garbage][request.index % 9]
      if (fault === undefined || request.index > 30) return triage(request)
      refused += 1
      return fault
    },
  })
  try {
    await openTemplate(page, 'Support-ticket triage')
    await goTo(page, 'Data')
    await importRows(page, 'cases.csv', `ticket,category\n${cases.map(({ ticket, category }) => `${ticket},${category}`).join('\n')}\n`)
    const val = await valTickets(page)
    await useModel(page, { baseUrl: server.url, model: 'gpt-fake', key: 'sk-right-1234' })
    await page.getByRole('radio', { name: /LabeledFewShot/ }).click()
    const price = page.getByRole('listitem').filter({ hasText: 'gpt-fake' })
    await expect(price).toContainText('Price unknown')

    await compile(page)
    await test.step('shows the bar while it runs', async () => {
      await expect(page.getByRole('progressbar', { name: /^Progress of Compile/ })).toBeVisible()
      await expect(page.getByText(/^\d+ of \d+ LM calls$/)).toBeVisible()
      await expect(page.getByText('price unknown').first()).toBeVisible()
    })
    await expect(result(page)).toBeVisible({ timeout: 90_000 })

    const right = val.filter(ticket => ticket.startsWith('easy')).length
    await expect(result(page)).toContainText(`Baseline${scorePercent(right / val.length)}`)
    await expect(result(page)).toContainText(/Best: labelled demos\s*100\.0 %/)
    await expect(page.getByText(/LM calls \(\d+ cached\)/)).toHaveText(`· ${server.count - refused} LM calls (0 cached)`)
    expect(refused).toBeGreaterThanOrEqual(9)
    expect(server.count - refused).toBe(2 * val.length)
    await expect(page.getByText(/failed requests$/)).toHaveText(`· ${refused} failed requests`)
    expect(new Set(server.requests.map(({ keyHash }) => keyHash)).size).toBe(1)
    // What a provider must see from a web page, and no more.
    for (const { headers } of server.requests) expect(Object.keys(headers).filter(name => name.startsWith('x-'))).toEqual([])

    await test.step('a second compile finds every answer in the cache', async () => {
      const before = server.count
      await compile(page)
      await expect(result(page)).toBeVisible()
      await expect(page.getByText(/LM calls \(\d+ cached\)/)).toHaveText(`· ${2 * val.length} LM calls (${2 * val.length} cached)`)
      expect(server.count).toBe(before)
    })

    await test.step('the exported TypeScript gives the same outputs in Node', async () => {
      await result(page).getByRole('button', { name: 'Apply' }).click()
      await expect(result(page).getByText(/^Applied as version/)).toBeVisible()
      await openExport(page, /TypeScript/)
      const dialog = page.getByRole('dialog', { name: 'Export as TypeScript' })
      await expect(dialog.getByText('byte for byte')).toBeVisible()
      const zip = await bytesOf(await downloadOf(page, () => dialog.getByRole('button', { name: 'Download .zip' }).click()))
      await saved(page)
      const env = { OPENAI_API_KEY: 'sk-right-1234' }
      const outputs = await runExported(zip, { env, inputs: [{ ticket: 'hard case 3' }, { ticket: 'easy case 8' }] })
      expect(outputs).toEqual([{ category: 'identity' }, { category: 'billing' }])
      const seen = server.count
      // The folder's own rows are rows of the val split: what they ask has been asked by the studio, to the byte.
      const bodies = new Set(server.requests.slice(0, seen).map(({ body }) => JSON.stringify(body)))
      const own = await runExported(zip, { env })
      expect(own).toHaveLength(3)
      for (const { body } of server.requests.slice(seen)) expect(bodies.has(JSON.stringify(body))).toBe(true)
    })
  } finally {
    await server.close()
  }
})

test('tells a wrong key, a wrong address, a refusal of web pages and silence apart', async ({ page }) => {
  const open = await startFakeOpenAi({ requireKey: 'sk-right-1234', models: ['gpt-fake', 'gpt-other'] })
  const shut = await startFakeOpenAi({ corsOrigin: null })
  const gone = await startFakeOpenAi()
  await gone.close()
  try {
    await openBlank(page)
    await goTo(page, 'Compile')
    const dialog = await openModelDialog(page, { baseUrl: open.url, model: 'gpt-fake' })
    const address = dialog.getByRole('textbox', { name: 'Base URL' })
    const test = dialog.getByRole('button', { name: 'Test connection' })
    const report = dialog.getByRole('status').filter({ hasText: /./ })
    const key = dialog.getByLabel('API key', { exact: true })

    await test.click()
    await expect(report).toContainText('needs a key, and none is saved for this address')
    await key.fill('sk-right-1234')
    await test.click()
    await expect(report).toContainText('answers.')
    await expect(dialog.getByText('is not saved yet')).toBeVisible()
    await key.fill('')
    await test.click()
    await expect(report).toContainText('none is saved for this address')
    await key.fill('sk-wrong-9999')
    await dialog.getByRole('button', { name: 'Save key' }).click()
    await expect(dialog.getByText('ending in 9999')).toBeVisible()
    await test.click()
    await expect(report).toContainText(/key/i)
    await expect(report).not.toContainText('none is saved')
    await key.fill('sk-right-1234')
    await dialog.getByRole('button', { name: 'Save key' }).click()
    await expect(dialog.getByText('ending in 1234')).toBeVisible()
    await test.click()
    await expect(report).toContainText('gpt-fake at')
    await expect(report).toContainText('answers.')
    await expect(dialog.getByRole('list', { name: 'Models of this endpoint' }).getByRole('button')).toHaveText(['gpt-fake', 'gpt-other'])

    await address.fill(open.url.replace('/v1', ''))
    await test.click()
    await expect(report).toContainText(`there is one at ${open.url}`)
    await address.fill(open.url.replace('/v1', '/v9'))
    await test.click()
    await expect(report).toContainText('nothing at this address (404)')
    await address.fill(open.url)
    await dialog.getByRole('combobox', { name: 'Model', exact: true }).fill('gpt-fak')
    await test.click()
    await expect(report).toContainText('Did you mean gpt-fake')

    await address.fill(shut.url)
    await test.click()
    await expect(report).toContainText('does not allow calls from web pages (CORS)')
    await address.fill(gone.url)
    await test.click()
    await expect(report).toContainText('Nothing answers at')
    await expect(report).toContainText('the server is not running')
    await address.fill('not an address')
    await expect(dialog.getByText('Write the full address of the API')).toBeVisible()
    await expect(dialog.getByRole('button', { name: 'Save model' })).toBeDisabled()
  } finally {
    await Promise.all([open.close(), shut.close()])
  }
})

test('asks for a key before a run is started, not in the middle of it', async ({ page }) => {
  const server = await startFakeOpenAi({ requireKey: 'sk-right-1234', answer: triage })
  try {
    await openTemplate(page, 'Support-ticket triage')
    await useModel(page, { baseUrl: server.url, model: 'gpt-fake' })
    await page.getByRole('radio', { name: /LabeledFewShot/ }).click()
    await page.getByRole('button', { name: 'Evaluate', exact: true }).first().click()
    await expect(page.getByRole('alert').filter({ hasText: /key/i }).first()).toBeVisible()
    expect(server.answered).toBe(0)
    await goTo(page, 'Compile')
    await choose(page.getByRole('combobox', { name: 'Task LM' }), /^Sandbox/)
  } finally {
    await server.close()
  }
})

const rateLimit: FakeReply = {
  status: 429,
  headers: { 'retry-after': '1' },
  body: { error: { message: 'Slow down.', code: 'rate_limit_exceeded' } },
}
const serverError: FakeReply = { status: 500, body: { error: { message: 'The server had an error.' } } }
const garbage: FakeReply = { body: '{"id":"chatcmpl-1","choi' }

const cases = Array.from({ length: 42 }, (_, at) => ({
  ticket: `${at % 3 === 0 ? 'hard' : 'easy'} case ${at}`,
  category: at % 2 === 0 ? 'billing' : 'identity',
}))

/** Knows the easy cases by itself, and the hard ones only when the prompt shows how it is done. */
function triage({ messages }: FakeRequest): string {
  const prompt = readPrompt(messages)
  const { ticket = '' } = prompt.request
  const right = Number(/\d+/.exec(ticket)?.[0]) % 2 === 0 ? 'billing' : 'identity'
  const category = ticket.startsWith('easy') || prompt.demos.length > 0 ? right : 'training'
  return writeAnswer(prompt, { reasoning: `It says ${ticket}.`, category })
}

/** The tickets of the val split, as the Data screen shows them. */
async function valTickets(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: /^Show the \d+ val rows/ }).click()
  const count = Number(await rows(page).getAttribute('aria-rowcount')) - 1
  const cells = rows(page).getByRole('gridcell', { name: /^(easy|hard) case \d+$/ })
  await expect(cells).toHaveCount(count)
  return cells.allTextContents()
}
