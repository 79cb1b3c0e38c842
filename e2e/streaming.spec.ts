import type { Page } from '@playwright/test'
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import type { ProjectFile } from '../src/engine/project/project'
import { expectAccessible } from './pages/axe'
import { inspector, node, select } from './pages/canvas'
import { importProject, remoteProject } from './pages/runs'
import { saved } from './pages/studio'
import { expect, test } from './pages/test'

let server: FakeOpenAi
test.afterEach(() => server?.close())

const why = 'The words tell of a thing that people eat, and of nothing else. '.repeat(16).trim()
const answer = `<think>Is it a fruit?</think>\n[[ ## reasoning ## ]]\n${why}\n\n[[ ## label ## ]]\nfruit\n\n[[ ## completed ## ]]`

test('outputs grow on their step while they are written, are cut by a stop, and come whole in the next run', async ({ page }) => {
  server = await startFakeOpenAi({ answer: () => answer, pieceMs: 60 })
  await importProject(page, thinkingProject(server.url))
  const card = node(page, 'Classify')
  await select(page, 'Classify')

  await test.step('grows', async () => {
    await runRow(page)
    await expect(card.locator('.node-stream')).toContainText('reasoning')
    const first = await card.locator('.node-stream').innerText()
    await expect.poll(() => card.locator('.node-stream').innerText()).not.toBe(first)
    const panel = inspector(page)
    await expect(panel.getByText('Outputs, being written')).toBeVisible()
    await expect(panel.getByText('Is it a fruit?')).toBeVisible()
    await expectAccessible(page)
  })

  await test.step('is cut, and says so', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(card.getByText('Cut here', { exact: false })).toBeVisible()
    const came = (await card.locator('.node-stream dd').first().innerText()).trim()
    expect(came.length).toBeGreaterThan(10)
    expect(why).toContain(came.slice(-40))
    await expectAccessible(page)
  })

  await test.step('comes whole, and as it comes to whoever watches nothing', async () => {
    await runRow(page)
    await expect(card.locator('.node-outputs:not(.node-stream)')).toContainText('fruit', { timeout: 30_000 })
    await expect(card.getByText('Cut here')).toBeHidden()
    expect(server.requests.map(({ body }) => body['stream'])).toEqual([true, true])
  })
})

test('whoever wants whole answers turns the showing off', async ({ page }) => {
  server = await startFakeOpenAi({ answer: () => answer })
  await importProject(page, thinkingProject(server.url))
  await select(page, 'Classify')
  await page.getByRole('button', { name: 'What is shown while it is written' }).click()
  await expectAccessible(page, axe => axe.disableRules(['region']))
  await page.getByRole('menuitemradio', { name: /^None/ }).click()
  await saved(page)
  await runRow(page)
  await expect(node(page, 'Classify').locator('.node-outputs')).toContainText('fruit')
  expect(server.requests.map(({ body }) => body['stream'])).toEqual([false])
})

/** One step that thinks aloud. */
function thinkingProject(url: string): ProjectFile {
  const file = remoteProject(url, { rows: 3 })
  const { graph } = file.project
  const nodes = graph.nodes.map(each => (each.kind === 'signature' ? { ...each, module: 'chain-of-thought' } : each))
  return { ...file, project: { ...file.project, graph: { ...graph, nodes } } }
}

async function runRow(page: Page): Promise<void> {
  await node(page, 'Classify').getByRole('button', { name: 'Run the active row and show Classify' }).click()
}
