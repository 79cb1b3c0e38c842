import { strFromU8, unzipSync } from 'fflate'
import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { inspector, node, paletteItem } from './pages/canvas'
import { expectRowCount, preview } from './pages/data'
import { press, tabTo, takeFromMenu } from './pages/keyboard'
import { canvasNodes, openExport, openGallery, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test('builds nested types with the keyboard, uses them at a node, runs and exports', async ({ page }) => {
  await openGallery(page)
  const editor = page.getByRole('dialog', { name: /^(New type|Type )/ })
  const lineOf = (): Locator => inspector(page).getByRole('textbox', { name: 'Signature line' })

  await test.step('makes a type in the list of types, with an optional and a bounded field', async () => {
    await press(page, page.getByRole('button', { name: /^Blank/ }))
    await press(page, page.getByRole('button', { name: 'New type' }))
    await type(page, editor.getByRole('textbox', { name: 'Name', exact: true }), 'Address')
    await type(page, editor.getByRole('textbox', { name: 'Name of field 1' }), 'city')
    await press(page, editor.getByRole('button', { name: 'Add field' }))
    await expect(editor.getByRole('textbox', { name: 'Name of field 2' })).toBeFocused()
    await page.keyboard.type('floor')
    await choose(page, editor.getByRole('combobox', { name: 'Type of floor' }), /^int/)
    await tabTo(page, editor.getByRole('checkbox', { name: 'Optional floor' }))
    await page.keyboard.press('Space')
    await expect(editor.getByRole('textbox', { name: 'Default of floor' })).toHaveValue('null')
    await press(page, editor.getByRole('button', { name: 'Save' }))
    await expect(editor).toBeHidden()
    await expect(inspector(page).getByRole('button', { name: 'Edit the type Address' })).toBeVisible()
  })

  await test.step('makes another from a field, which holds the first', async () => {
    for (const kind of ['Input', 'Signature', 'Output']) await press(page, paletteItem(page, kind))
    await expect(canvasNodes(page)).toHaveCount(3)
    await press(page, page.getByRole('button', { name: 'Outline' }))
    await select('predict')
    await choose(page, inspector(page).getByRole('combobox', { name: 'Type of answer' }), /^New type/)
    await type(page, editor.getByRole('textbox', { name: 'Name', exact: true }), 'Person')
    await press(page, editor.getByRole('button', { name: 'Add field' }))
    await expect(editor.getByRole('textbox', { name: 'Name of field 2' })).toBeFocused()
    await page.keyboard.type('home')
    await choose(page, editor.getByRole('combobox', { name: 'Type of home' }), /^Address/)
    await tabTo(page, editor.getByRole('button', { name: /^Move home/ }))
    await page.keyboard.press('ArrowUp')
    await expect(editor.getByRole('textbox', { name: 'Name of field 1' })).toHaveValue('home')
    await press(page, editor.getByRole('button', { name: 'Save' }))
    await expect(lineOf()).toHaveValue(/-> answer: Person$/)
  })

  await test.step('names the types in a signature line', async () => {
    await type(page, lineOf(), 'text -> person: Person, homes: list[Address]')
    await page.keyboard.press('Enter')
    await expect(inspector(page).getByRole('combobox', { name: 'Type of person' })).toHaveText('Person')
  })

  await test.step('renames a field of the inner type everywhere, as one step', async () => {
    await press(page, inspector(page).getByRole('button', { name: 'Edit Address' }))
    await expect(editor.getByText(/^Used by .*homes of predict.*the type Person/)).toBeVisible()
    await type(page, editor.getByRole('textbox', { name: 'Name of field 1' }), 'town')
    await press(page, editor.getByRole('button', { name: 'Save' }))
    await expect(inspector(page).getByText('town, floor')).toBeVisible()
  })

  await test.step('wires, brings a row and runs it', async () => {
    await connect('input', 'Connect to… text', /^predict\.text/)
    await connect('predict', 'Connect to… person', /^New field of output/)
    await select('output')
    await press(page, inspector(page).getByRole('button', { name: 'More for answer' }))
    await takeFromMenu(page, 'Remove field')
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('go to data')
    await page.keyboard.press('Enter')
    await press(page, page.getByRole('button', { name: 'Paste text' }))
    await tabTo(page, page.getByRole('textbox', { name: 'Rows' }))
    const names = ['Ann of Bonn', 'Bo of Ulm', 'Cy of Kiel', 'Di of Trier', 'Ed of Jena', 'Flo of Mainz']
    await page.keyboard.insertText(['text', ...names, ''].join('\n'))
    await press(page, page.getByRole('button', { name: 'Preview', exact: true }))
    await press(page, preview(page).getByRole('button', { name: 'Import 6 rows' }))
    await expectRowCount(page, 6)
    await page.keyboard.press('Alt+1')
    await expect(node(page, 'predict')).toBeVisible()
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(node(page, 'predict').getByText('Done')).toBeVisible()
    await expect(topBar(page).getByRole('button', { name: 'Run row' })).toBeEnabled()
    await expect(node(page, 'predict').getByText(/town/).first()).toBeVisible()
  })

  await test.step('exports the types as TypeScript interfaces', async () => {
    await openExport(page, /TypeScript/)
    const dialog = page.getByRole('dialog', { name: 'Export as TypeScript' })
    const button = dialog.getByRole('button', { name: /Download/ })
    await expect(button).toBeEnabled({ timeout: 60_000 })
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
    const files = unzipSync(new Uint8Array(readFileSync(await download.path())))
    const program = strFromU8(Object.entries(files).find(([path]) => path.endsWith('program.ts'))?.[1] ?? new Uint8Array())
    expect(program).toContain('export interface Address {\n  town: string\n  floor?: number | null\n}')
    expect(program).toContain('export interface Person {\n  home: Address\n  name: string\n}')
    expect(program).toContain('person: Person')
  })

  async function select(name: string): Promise<void> {
    await tabTo(page, page.getByRole('button', { name: new RegExp(`^${name}, (Input|Signature|Output)`) }), 'back')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
  }

  async function connect(name: string, menu: string, target: RegExp): Promise<void> {
    const outline = page.getByRole('navigation', { name: 'Program outline' })
    const entry = outline.getByRole('listitem').filter({ has: page.getByRole('button', { name: new RegExp(`^${name}, `) }) })
    await tabTo(page, entry.getByRole('button', { name: menu }), 'back')
    await page.keyboard.press('Enter')
    await takeFromMenu(page, target)
  }
})

async function type(page: Page, box: Locator, text: string): Promise<void> {
  await tabTo(page, box)
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}

async function choose(page: Page, box: Locator, option: RegExp): Promise<void> {
  await tabTo(page, box)
  await page.keyboard.press('Enter')
  const wanted = page.getByRole('option', { name: option })
  await expect(wanted.first()).toBeVisible()
  for (let steps = 0; steps < 60; steps++) {
    const active = await box.getAttribute('aria-activedescendant')
    if (active !== null && active === (await wanted.first().getAttribute('id'))) break
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
}
