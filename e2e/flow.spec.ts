import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { dragFromPalette, dragWire, inspector, layOut, node, port, select, wire } from './pages/canvas'
import { choose, goTo, openTemplate, saved } from './pages/studio'
import { expect, test } from './pages/test'

test.describe.configure({ timeout: 150_000 })

const outline = (page: Page): Locator => page.getByRole('navigation', { name: 'Program outline' })

/** Wires two ends with the menus of the outline, which need no free place on the canvas. */
async function connect(page: Page, from: string, output: string, to: string | RegExp): Promise<void> {
  const entry = outline(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: new RegExp(`^${from}, `) }) })
  await entry.getByRole('button', { name: `Connect to… ${output}` }).click()
  await page.getByRole('menuitem', { name: to }).first().click()
}

/** The condition of a way, written anew. */
async function writeCondition(page: Page, way: string, source: string): Promise<void> {
  const editor = inspector(page).getByRole('textbox', { name: `Condition of ${way}` })
  await editor.click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(source)
}

async function runRow(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run row' }).click()
}

test.use({ contextOptions: { reducedMotion: 'reduce' } })

test('a branch is built with templates behind it, and seen taken and not taken', async ({ page }) => {
  await openTemplate(page, 'Summarise, then route')
  const pane = await page.locator('.react-flow').boundingBox()
  if (!pane) throw new Error('no canvas')
  await dragWire(page, port(page, 'Route', 'Output', 'team'), { x: pane.x + 120, y: pane.y + 640 })
  await page
    .getByRole('dialog', { name: /^Feed Route\.team/ })
    .getByRole('option', { name: /^Branch/ })
    .click()
  await expect(wire(page, 'Route.team', 'branch.team')).toBeAttached()
  await dragFromPalette(page, 'Template', { x: 420, y: 60 })
  await dragFromPalette(page, 'Template', { x: 620, y: 60 })
  await page.getByRole('button', { name: 'Outline' }).click()

  // A name in braces makes an input.
  for (const [name, text] of [
    ['template', 'To {team}: {note} {{urgent}}'],
    ['template_2', 'Nobody for {note}.'],
  ] as const) {
    await select(page, name)
    await inspector(page).getByRole('tab', { name: 'Text' }).click()
    await inspector(page).getByRole('textbox', { name: 'Text' }).fill(text)
    await expect(node(page, name).locator('.field-port-in').getByText('note')).toBeVisible()
  }
  await expect(node(page, 'template').locator('.field-port-in')).toHaveCount(2)
  await expectClean(page)

  await connect(page, 'branch', 'yes', /^template\.team/)
  await connect(page, 'Summarise', 'summary', /^template\.note/)
  await connect(page, 'branch', 'no', /^template_2\.note/)
  await connect(page, 'template', 'text', /^New field of Result/)
  // The other way may end where the first one does: a row takes only one of them.
  await connect(page, 'template_2', 'text', /^Result\.text/)
  await expect(wire(page, 'template.text', 'Result.text')).toBeAttached()
  await expect(wire(page, 'template_2.text', 'Result.text')).toBeAttached()
  await page.getByRole('button', { name: 'Outline' }).click()
  await layOut(page)

  await select(page, 'branch')
  await inspector(page).getByRole('tab', { name: 'Ways' }).click()
  await writeCondition(page, 'yes', 'return inputs.team.length > 0')
  await expect(node(page, 'branch')).toContainText('yes if inputs.team.length > 0')
  await runRow(page)
  await expect(node(page, 'template').getByText('Done')).toBeVisible()
  await expect(node(page, 'template_2').getByText('Not taken')).toBeVisible()
  await expect(node(page, 'Result')).toContainText('{urgent}')
  await expectClean(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expectClean(page)

  await writeCondition(page, 'yes', 'return inputs.team === "nobody"')
  await runRow(page)
  await expect(node(page, 'template').getByText('Not taken')).toBeVisible()
  await expect(node(page, 'template_2').getByText('Done')).toBeVisible()
  await expect(node(page, 'Result')).toContainText('Nobody for')

  // By value: each team gets a way, and the wires stay.
  await choose(inspector(page).getByRole('combobox', { name: 'Decides' }), 'The value of team')
  await expect(inspector(page).getByRole('list', { name: 'Ways of branch' }).getByRole('listitem')).toHaveCount(6)
  await expect(inspector(page).getByRole('textbox', { name: 'Name of way 1' })).not.toHaveValue('yes')
  await expect(page.locator('.react-flow__edge')).toHaveCount(10)
  await expectClean(page)
  await saved(page)
  await page.reload()
  await expect(node(page, 'branch')).toBeVisible()
  await expect(node(page, 'template')).toContainText('To {team}')
})

test('a constant is fed into a step, and the trace of a row says which step was not taken', async ({ page }) => {
  await openTemplate(page, 'Summarise, then route')
  await dragFromPalette(page, 'Constant', { x: 300, y: 420 })
  await select(page, 'constant')
  await inspector(page).getByRole('tab', { name: 'Values' }).click()
  await inspector(page)
    .getByRole('textbox', { name: /^value/ })
    .fill('Be brief.')
  await expect(node(page, 'constant')).toContainText('value = "Be brief."')
  await dragFromPalette(page, 'Branch', { x: 500, y: 420 })
  await dragFromPalette(page, 'Template', { x: 700, y: 420 })
  await page.getByRole('button', { name: 'Outline' }).click()
  await connect(page, 'constant', 'value', /^branch\.value/)
  await connect(page, 'branch', 'no', /^template\.question/)
  await connect(page, 'template', 'text', /^New field of Result/)
  await expect(outline(page)).toContainText('template')
  await runRow(page)
  await expect(node(page, 'constant').getByText('Done')).toBeVisible()
  await expect(node(page, 'template').getByText('Not taken')).toBeVisible()
  await goTo(page, 'Runs')
  await page.getByRole('link', { name: 'One row' }).or(page.getByText('One row')).first().click()
  await expect(page.getByRole('region', { name: /^Step \d+: template/ }).getByText('not taken')).toBeVisible()
  await expect(page.getByText('A Branch went another way for this row.')).toBeVisible()
})

async function expectClean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([])
}
