import { inspector, node, paletteItem, wire, wires } from './pages/canvas'
import { expectRowCount, preview } from './pages/data'
import { press, tabTo, takeFromMenu } from './pages/keyboard'
import { canvasNodes, openGallery, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test('builds, wires and runs a two-step program with the keyboard alone', async ({ page }) => {
  // Nothing but keys from here on.
  await openGallery(page)
  const outline = page.getByRole('navigation', { name: 'Program outline' })
  const nameButton = (name: string) => page.getByRole('button', { name: new RegExp(`^${name}, (Input|Signature|Code|Output)`) })
  const entry = (name: string) => outline.getByRole('listitem').filter({ has: nameButton(name) })

  await test.step('opens a blank project and adds four nodes', async () => {
    await press(page, page.getByRole('button', { name: /^Blank/ }))
    for (const kind of ['Input', 'Signature', 'Signature', 'Output']) await press(page, paletteItem(page, kind))
    await expect(canvasNodes(page)).toHaveCount(4)
    await press(page, page.getByRole('button', { name: 'Outline' }))
    await expect(outline).toBeVisible()
  })

  await test.step('renames in the outline; a name in use is refused', async () => {
    await tabTo(page, nameButton('predict'))
    await page.keyboard.press('F2')
    const box = outline.getByRole('textbox', { name: 'New name of predict', exact: true })
    await expect(box).toBeFocused()
    await page.keyboard.type('output')
    await page.keyboard.press('Enter')
    await expect(box).toHaveAttribute('aria-invalid', 'true')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('Summarise')
    await page.keyboard.press('Enter')
    await expect(node(page, 'Summarise')).toBeVisible()
  })

  await test.step('writes both signatures in the inspector', async () => {
    await writeLine('Summarise', 'text -> summary')
    await writeLine('predict_2', "summary -> team: Literal['billing', 'tech']")
  })

  await test.step('wires by menu, where what is not possible says why', async () => {
    await connectFrom('input', 'Connect to… text', 'Summarise.text')
    await expect(wire(page, 'input.text', 'Summarise.text')).toBeAttached()
    await connectFrom('Summarise', 'Connect to… summary', 'predict_2.summary')
    await tabTo(page, entry('predict_2').getByRole('button', { name: 'Connect to… team' }))
    await page.keyboard.press('Enter')
    await expect(page.getByRole('menuitem', { name: /^Summarise\.text.*already/ })).toHaveAttribute('aria-disabled', 'true')
    await takeFromMenu(page, /^New field of output/)
    await expect(wires(page)).toHaveCount(3)
    await expect(page.getByText('Added a field to output and connected it')).toBeAttached()
  })

  await test.step('removes the field that nothing feeds', async () => {
    await openInInspector('output')
    await press(page, inspector(page).getByRole('button', { name: 'More for answer' }))
    await takeFromMenu(page, 'Remove field')
    await expect(inspector(page).getByText('Nothing feeds')).toBeHidden()
  })

  await test.step('takes back and repeats, duplicates and deletes', async () => {
    await tabTo(page, node(page, 'output'), 'back')
    await page.keyboard.press('ControlOrMeta+z')
    await page.keyboard.press('ControlOrMeta+Shift+z')
    await page.keyboard.press('ControlOrMeta+d')
    await expect(canvasNodes(page)).toHaveCount(5)
    await page.keyboard.press('Delete')
    await expect(canvasNodes(page)).toHaveCount(4)
    await page.keyboard.press('l')
    for (const each of await canvasNodes(page).all()) await expect(each).toBeInViewport({ ratio: 0.99 })
  })

  await test.step('pastes data, by the palette of commands', async () => {
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('go to data')
    await page.keyboard.press('Enter')
    await press(page, page.getByRole('button', { name: 'Paste text' }))
    await tabTo(page, page.getByRole('textbox', { name: 'Rows' }))
    // As many as it takes: a row's id, new each time, decides its split, and a row of the test split is not run.
    const rows = [
      'Charged twice,billing',
      'The app crashes,tech',
      'Where is my bill,billing',
      'It does not start,tech',
      'Too dear,billing',
      'It is slow,tech',
    ]
    await page.keyboard.insertText(['text,team', ...rows, ''].join('\n'))
    await press(page, page.getByRole('button', { name: 'Preview', exact: true }))
    await press(page, preview(page).getByRole('button', { name: 'Import 6 rows' }))
    await expectRowCount(page, 6)
  })

  await test.step('runs the row', async () => {
    await page.keyboard.press('Alt+1')
    await expect(node(page, 'Summarise')).toBeVisible()
    await page.keyboard.press('ControlOrMeta+Enter')
    for (const name of ['Summarise', 'predict_2']) await expect(node(page, name).getByText('Done')).toBeVisible()
    await expect(topBar(page).getByRole('button', { name: 'Run row' })).toBeEnabled()
  })

  async function openInInspector(name: string): Promise<void> {
    await tabTo(page, nameButton(name), 'back')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await expect(inspector(page).getByRole('tab', { selected: true })).toBeFocused()
  }

  async function writeLine(name: string, line: string): Promise<void> {
    await openInInspector(name)
    await tabTo(page, inspector(page).getByRole('textbox', { name: 'Signature line' }))
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.insertText(line)
    await page.keyboard.press('Enter')
  }

  async function connectFrom(name: string, menu: string, target: string): Promise<void> {
    await tabTo(page, entry(name).getByRole('button', { name: menu }), 'back')
    await page.keyboard.press('Enter')
    await takeFromMenu(page, new RegExp(`^${target.replace('.', '\\.')}`))
  }
})
