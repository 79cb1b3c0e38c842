import { startFakeOpenAi } from './fake-openai'
import { openModelDialog, useModel } from './pages/models'
import { choose, compile, goTo, openTemplate, result } from './pages/studio'
import { expect, test } from './pages/test'

const vectorsPath = '/v1/embeddings'

test('picks demos by embeddings: asked for before the start, counted in the estimate, shown in the trace, free the second time', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const server = await startFakeOpenAi({ latencyMs: 5 })
  const sent = (path: string): number => server.requests.filter(request => request.path === path).length
  try {
    await openTemplate(page, 'Support-ticket triage')
    await useModel(page, { baseUrl: server.url, model: 'gpt-fake' })
    const dialog = await openModelDialog(page, { baseUrl: server.url, model: 'embed-fake' })
    await dialog.getByRole('button', { name: 'Save model' }).click()
    await page.getByRole('radio', { name: /KNNFewShot/ }).click()
    const start = page.getByRole('complementary', { name: 'Start' })

    await test.step('says what is missing before it starts', async () => {
      await choose(page.getByRole('combobox', { name: /^Similarity by/ }), 'embedding')
      await expect(start.getByText(/needs an embedding model: choose one in Models/)).toBeVisible()
      await expect(page.getByText('Similarity by embedding needs one.')).toBeVisible()
      await choose(page.getByRole('combobox', { name: 'Embedding model' }), /^embed-fake/)
      await expect(start.getByText(/needs an embedding model/)).toBeHidden()
    })
    const estimated = start.getByRole('region', { name: 'Estimate' }).getByRole('row', { name: /^Embeddings of texts/ })
    await expect(estimated).toBeVisible()
    const most = Number((await estimated.getByRole('cell').last().textContent())?.replaceAll(',', ''))

    await compile(page)
    await expect(result(page)).toBeVisible({ timeout: 90_000 })
    expect(sent(vectorsPath)).toBeGreaterThan(2)
    expect(sent(vectorsPath)).toBeLessThanOrEqual(most)
    for (const { headers } of server.requests) expect(Object.keys(headers).filter(name => name.startsWith('x-'))).toEqual([])
    const batches = server.requests.filter(({ path }) => path === vectorsPath).map(({ messages }) => messages.length)
    expect(Math.max(...batches)).toBeGreaterThan(1)

    await test.step('a trace shows them as vectors', async () => {
      await page.getByRole('button', { name: 'Traces' }).click()
      await page.getByRole('button', { name: 'Filters' }).click()
      await choose(page.getByRole('combobox', { name: 'Candidate' }), /nearest demos/)
      await page.keyboard.press('Escape')
      await page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1).click()
      const similarity = page.getByRole('button', { name: /^Similarity.*Embeddings/ }).first()
      await expect(similarity).toBeVisible()
      await similarity.click()
      await expect(page.getByText(/^\d+ vectors? of 64 numbers$/).first()).toBeVisible()
    })

    await test.step('a second compile pays nothing', async () => {
      const before = server.count
      await goTo(page, 'Compile')
      await compile(page)
      await expect(result(page)).toBeVisible({ timeout: 90_000 })
      expect(server.count).toBe(before)
    })

    await test.step('once applied, an evaluation picks by them too', async () => {
      await result(page).getByRole('button', { name: 'Apply' }).click()
      await expect(result(page).getByText(/^Applied as version/)).toBeVisible()
      await goTo(page, 'Compile')
      await choose(page.getByRole('combobox', { name: 'Split to evaluate' }), 'Train split')
      const before = sent(vectorsPath)
      await start.getByRole('button', { name: 'Evaluate' }).click()
      await expect(page.getByRole('region', { name: 'Score' }).getByText('95 % interval').first()).toBeVisible({ timeout: 60_000 })
      expect(sent(vectorsPath)).toBeGreaterThan(before)
    })
  } finally {
    await server.close()
  }
})
