import { dragFromPalette, dragWire, inspector, layOut, node, paletteItem, port, select, wire, wires, writeSignature } from './pages/canvas'
import { expectRowCount, importRows } from './pages/data'
import { canvasNodes, choose, goTo, openBlank, saved, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

test('builds, wires and runs a two-step program with the mouse', async ({ page }) => {
  await openBlank(page)

  await test.step('adds nodes by drag and by double-click', async () => {
    await dragFromPalette(page, 'Input', { x: 80, y: 200 })
    await paletteItem(page, 'Signature').dblclick()
    await expect(canvasNodes(page)).toHaveCount(2)
  })

  await test.step('renames on the card, and refuses a name in use with the reason', async () => {
    await node(page, 'predict').getByText('predict', { exact: true }).dblclick()
    const box = page.getByRole('textbox', { name: 'Node name' })
    await box.fill('input')
    await box.press('Enter')
    await expect(page.getByRole('alert')).toContainText('input')
    await box.fill('Summarise')
    await box.press('Enter')
    await expect(node(page, 'Summarise')).toBeVisible()
  })

  await test.step('writes a signature as one line, which the form follows', async () => {
    await select(page, 'Summarise')
    await writeSignature(page, 'text -> summary')
    await expect(inspector(page).getByRole('textbox', { name: 'Name of input 1' })).toHaveValue('text')
    await expect(inspector(page).getByRole('textbox', { name: 'Name of output 1' })).toHaveValue('summary')
    await expect(port(page, 'Summarise', 'Output', 'summary')).toBeVisible()
  })

  await test.step('wires two handles, and keeps the wire over a rename', async () => {
    await dragWire(page, port(page, 'input', 'Output', 'text'), port(page, 'Summarise', 'Input', 'text'))
    await expect(wire(page, 'input.text', 'Summarise.text')).toBeAttached()
    await select(page, 'input')
    const name = inspector(page).getByRole('textbox', { name: 'Name', exact: true })
    await name.fill('Ticket')
    await name.press('Enter')
    await expect(wire(page, 'Ticket.text', 'Summarise.text')).toBeAttached()
  })

  await test.step('drops a wire on empty canvas and chooses what to add', async () => {
    const pane = await page.locator('.react-flow').boundingBox()
    if (!pane) throw new Error('no canvas')
    await dragWire(page, port(page, 'Summarise', 'Output', 'summary'), { x: pane.x + pane.width - 330, y: pane.y + 560 })
    const menu = page.getByRole('dialog', { name: 'Feed Summarise.summary (str) into' })
    await expect(menu.getByRole('option')).toHaveCount(6)
    await menu.getByRole('option', { name: /^Signature/ }).click()
    await expect(wire(page, 'Summarise.summary', 'predict.summary')).toBeAttached()
  })

  await test.step('fills in the form: name, type, values', async () => {
    await select(page, 'predict')
    const name = inspector(page).getByRole('textbox', { name: 'Name', exact: true })
    await name.fill('Route')
    await name.press('Enter')
    await inspector(page).getByRole('textbox', { name: 'Name of output 1' }).fill('team')
    await choose(inspector(page).getByRole('combobox', { name: 'Type of team' }), /^enum|one of/i)
    const values = inspector(page).getByRole('textbox', { name: 'Add a value to team' })
    for (const value of ['billing', 'tech']) {
      await values.fill(value)
      await values.press('Enter')
    }
    for (const value of ['yes', 'no'])
      await inspector(page)
        .getByRole('button', { name: `Remove ${value}` })
        .click()
    await expect(inspector(page).getByRole('textbox', { name: 'Signature line' })).toHaveValue(
      "summary -> team: Literal['billing', 'tech']",
    )
  })

  await test.step('shows an error at the field it concerns', async () => {
    const field = inspector(page).getByRole('textbox', { name: 'Name of output 1' })
    await field.fill('2nd team')
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(/letter|digit|name/i)
    await field.fill('team')
    await expect(field).not.toHaveAttribute('aria-invalid', 'true')
    const line = inspector(page).getByRole('textbox', { name: 'Signature line' })
    await line.fill('summary -> team: Literal[')
    await expect(line).toHaveAttribute('aria-invalid', 'true')
    await inspector(page).getByRole('button', { name: 'Back to the form' }).click()
    await expect(line).toHaveValue("summary -> team: Literal['billing', 'tech']")
  })

  await test.step('says why a wire cannot be: second source, type, cycle', async () => {
    await page.keyboard.press('Escape')
    await layOut(page)
    await expect(canvasNodes(page).last()).toBeInViewport({ ratio: 0.99 })
    await dragWire(page, port(page, 'Ticket', 'Output', 'text'), port(page, 'Route', 'Input', 'summary'))
    const main = page.getByRole('main')
    await expect(main.getByText('"summary" of Route already has a source. Remove that wire first.')).toBeVisible()
    await select(page, 'Summarise')
    await writeSignature(page, 'text, hint: str, limit: int -> summary')
    await dragWire(page, port(page, 'Ticket', 'Output', 'text'), port(page, 'Summarise', 'Input', 'limit'))
    await expect(main.getByText(/^Types do not fit: /)).toBeVisible()
    await dragWire(page, port(page, 'Route', 'Output', 'team'), port(page, 'Summarise', 'Input', 'hint'))
    await expect(main.getByText('Summarise already leads to Route: this would make a cycle.')).toBeVisible()
    await expect(wires(page)).toHaveCount(2)
    await topBar(page)
      .getByRole('button', { name: /^Undo: / })
      .click()
    await expect(port(page, 'Summarise', 'Input', 'hint')).toBeHidden()
  })

  await test.step('lights up the legal targets while a wire is in the air', async () => {
    const from = await port(page, 'Route', 'Output', 'team').boundingBox()
    if (!from) throw new Error('no handle')
    await dragFromPalette(page, 'Output', { x: 420, y: 620 })
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
    await page.mouse.down()
    await page.mouse.move(from.x + 60, from.y + 60, { steps: 3 })
    await expect(port(page, 'output', 'Input', 'answer')).toHaveAttribute('data-look', 'legal')
    await expect(port(page, 'Summarise', 'Input', 'text')).toHaveAttribute('data-look', 'illegal')
    const to = await port(page, 'output', 'Input', 'answer').boundingBox()
    if (!to) throw new Error('no handle')
    await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 3 })
    await page.mouse.up()
    await expect(wire(page, 'Route.team', 'output.answer')).toBeAttached()
    await select(page, 'output')
    await inspector(page).getByRole('textbox', { name: 'Name of input 1' }).fill('team')
    await page.getByRole('button', { name: 'Fit all' }).click()
  })

  await test.step('duplicates, copies, pastes, cuts, deletes, and takes it all back', async () => {
    await select(page, 'Route')
    await node(page, 'Route').focus()
    await page.keyboard.press('ControlOrMeta+d')
    await expect(canvasNodes(page)).toHaveCount(5)
    await page.keyboard.press('ControlOrMeta+c')
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('Route_2')
    await page.keyboard.press('ControlOrMeta+v')
    await expect(canvasNodes(page)).toHaveCount(6)
    await page.keyboard.press('Delete')
    await expect(canvasNodes(page)).toHaveCount(5)
    await page.keyboard.press('ControlOrMeta+z')
    await expect(canvasNodes(page)).toHaveCount(6)
    await page.keyboard.press('ControlOrMeta+Shift+z')
    await expect(canvasNodes(page)).toHaveCount(5)
    for (let left = 0; left < 2; left++) await page.keyboard.press('ControlOrMeta+z')
    await page.keyboard.press('ControlOrMeta+z')
    await expect(canvasNodes(page)).toHaveCount(4)
    await expect(wires(page)).toHaveCount(3)
  })

  await test.step('nudges by arrow key and lays out', async () => {
    await select(page, 'Route')
    await node(page, 'Route').focus()
    const before = await node(page, 'Route').boundingBox()
    await page.keyboard.press('ArrowDown')
    await expect.poll(async () => (await node(page, 'Route').boundingBox())?.y ?? 0).toBeGreaterThan(before?.y ?? Infinity)
    await layOut(page)
    for (const each of await canvasNodes(page).all()) await expect(each).toBeInViewport({ ratio: 0.99 })
    await page.locator('.react-flow__pane').click({ position: { x: 20, y: 20 } })
    await expect(page.getByText('None: the program can run.')).toBeVisible()
  })

  await test.step('brings data and runs one row with Mod+Enter', async () => {
    await goTo(page, 'Data')
    await importRows(
      page,
      'tickets.csv',
      'text,team\n"I was charged twice, please refund",billing\nThe app crashes,tech\nInvoice is wrong,billing\n',
    )
    await expectRowCount(page, 3)
    await goTo(page, 'Build')
    await page.keyboard.press('ControlOrMeta+Enter')
    for (const name of ['Summarise', 'Route']) await expect(node(page, name).getByText('Done')).toBeVisible()
    await expect(
      node(page, 'Route')
        .getByText(/^(billing|tech)$/)
        .first(),
    ).toBeVisible()
    await expect(inspector(page).getByText(/^Done · .*2 LM calls/)).toBeVisible()
    await select(page, 'Route')
    await inspector(page).getByRole('tab', { name: 'Output' }).click()
    await expect(inspector(page)).toContainText('[[ ## team ## ]]')
    await inspector(page).getByRole('tab', { name: 'Prompt' }).click()
    await expect(inspector(page).getByRole('list', { name: 'Messages' })).toContainText('[[ ## summary ## ]]')
    await saved(page)
  })
})
