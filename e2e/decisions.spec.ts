import { typedAnswer } from './fake-answer'
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import { expectAccessible } from './pages/axe'
import { inspector, node, select } from './pages/canvas'
import { importProject, remoteProject } from './pages/runs'
import { choose, goTo, openExport, saved, topBar } from './pages/studio'
import { expect, test } from './pages/test'

let server: FakeOpenAi

test.beforeAll(async () => {
  server = await startFakeOpenAi({ answer: typedAnswer })
})
test.afterAll(() => server.close())

test('asks for the probabilities of options, and shows which rows another weight decides otherwise at no call', async ({ page }) => {
  await importProject(page, remoteProject(server.url))
  const panel = inspector(page)

  await test.step('makes the output a choice, with words for each option', async () => {
    await select(page, 'Classify')
    await choose(panel.getByRole('combobox', { name: 'Type of label' }), /^choice/)
    await expect(panel.getByRole('textbox', { name: 'Option 1 of label', exact: true })).toHaveValue('fruit')
    await panel.getByRole('textbox', { name: 'When it is option 1 of label' }).fill('It can be eaten.')
    await panel.getByRole('textbox', { name: 'Description of label' }).fill('What kind of thing is it?')
    await expectAccessible(page, axe => axe.include('.inspector-panel'))
    await saved(page)
  })

  await test.step('asks an evaluation for probabilities', async () => {
    await topBar(page).getByRole('button', { name: 'Evaluate' }).click()
    await expect(page).toHaveURL(/\/runs\/[\w-]+$/)
    await expect(page.getByText('Done', { exact: true }).first()).toBeVisible({ timeout: 30_000 })
    const [system] = server.requests.at(-1)?.messages ?? []
    expect(system?.content).toContain('`label` (ChoiceEvidence): \n{\n  "instructions": "What kind of thing is it?",\n  "type": "choice"')
    expect(system?.content).toContain('"fruit": "It can be eaten."')
  })

  await test.step('moves a weight with the keyboard and sees rows flip', async () => {
    await goTo(page, 'Build')
    await expect(node(page, 'Classify')).toBeVisible()
    await select(page, 'Classify')
    await panel.getByRole('tab', { name: 'Instructions' }).click()
    const decision = panel.getByRole('group', { name: 'Decision on label' })
    await expect(decision.getByText(/^All \d+ rows of “.+” stay as they were decided\.$/)).toBeVisible()
    const asked = server.requests.length
    const weight = decision.getByRole('slider', { name: 'Weight of fruit in label' })
    await weight.focus()
    await page.keyboard.press('Home')
    await expect(decision.getByRole('spinbutton').or(decision.getByRole('textbox')).first()).toHaveValue('0.01')
    const flips = decision.getByRole('list', { name: 'Rows of label that are decided otherwise' }).getByRole('listitem')
    await expect(flips.first()).toContainText('fruit → tool')
    await expect(decision.getByRole('status')).toContainText(/^\d+ of \d+ rows of “.+” flip/)
    await expectAccessible(page, axe => axe.include('.inspector-panel'))
    await decision.getByRole('button', { name: 'Reset label' }).click()
    await expect(flips).toHaveCount(0)
    await weight.focus()
    await page.keyboard.press('End')
    await expect(flips.first()).toContainText('tool → fruit')
    expect(server.requests.length).toBe(asked)
  })

  await test.step('carries the weight to DSPy', async () => {
    await saved(page)
    await openExport(page, /^DSPy state/)
    await expect(page.getByRole('dialog')).toContainText('decides by probabilities')
  })
})
