import { expect, type Locator, type Page } from '@playwright/test'

/** A card on the canvas, by the node's name. */
export function node(page: Page, name: string): Locator {
  return page.getByRole('group', { name: new RegExp(`^(Input|Signature|Code|Template|Constant|Branch|Vote|Output) node ${name}\\b`) })
}

/** The handle of a field on its node's card. */
export function port(page: Page, nodeName: string, side: 'Input' | 'Output', field: string): Locator {
  // Wires for assistive tools are drawn in the outline, so the handles themselves have no name.
  return node(page, nodeName)
    .locator(side === 'Input' ? '.field-port-in' : '.field-port-out')
    .filter({ has: page.getByText(field, { exact: true }) })
    .locator('.react-flow__handle')
}

export function wires(page: Page): Locator {
  return page.locator('.react-flow__edge')
}

export function wire(page: Page, from: string, to: string): Locator {
  return page.getByRole('group', { name: `Wire from ${from} to ${to}` })
}

/** Pulls a wire with the mouse from a handle to a handle, or to a point of the page. */
export async function dragWire(page: Page, from: Locator, to: Locator | { readonly x: number; readonly y: number }): Promise<void> {
  await still(page)
  const start = await centreOf(from)
  const end = 'x' in to ? to : await centreOf(to)
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  // In steps: React Flow looks for the nearest handle as the pointer moves.
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 })
  await page.mouse.move(end.x, end.y, { steps: 4 })
  await page.mouse.up()
}

/** Drags a kind from the palette to a point of the canvas, given from its top left corner. */
export async function dragFromPalette(page: Page, kind: string, at: { readonly x: number; readonly y: number }): Promise<void> {
  const before = await page.locator('.react-flow__node').count()
  await paletteItem(page, kind).dragTo(page.locator('.react-flow'), { targetPosition: at })
  await expect(page.locator('.react-flow__node')).toHaveCount(before + 1)
}

export function paletteItem(page: Page, kind: string): Locator {
  return page.getByRole('button', { name: `Add ${kind} node` })
}

/** A click on the card's title bar, which selects it. */
export async function select(page: Page, name: string): Promise<void> {
  // A card that still glides may hand the click to the one that comes after it.
  await still(page)
  await node(page, name).locator('.node-icon').click()
  await expect(page.getByRole('tablist', { name: `About ${name}` })).toBeVisible()
}

export function inspector(page: Page): Locator {
  return page.getByRole('region', { name: 'Inspector' })
}

/** Writes the fields of the chosen node as one line of DSPy's grammar. */
export async function writeSignature(page: Page, line: string): Promise<void> {
  const box = inspector(page).getByRole('textbox', { name: 'Signature line' })
  await box.fill(line)
  await box.press('Enter')
}

/** Presses Auto layout and waits until the cards stand at their new places: what lays them out is loaded with its first use. */
export async function layOut(page: Page): Promise<void> {
  const places = (): Promise<string> =>
    page.locator('.react-flow__node').evaluateAll(nodes => nodes.map(each => (each as HTMLElement).style.transform).join())
  await still(page)
  const before = await places()
  await page.getByRole('button', { name: 'Auto layout' }).click()
  await expect.poll(places).not.toBe(before)
  await still(page)
}

/** Waits until the view has not moved for a moment: fitting and laying out glide, and a handle that glides is missed. */
async function still(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const at = [...document.querySelectorAll<HTMLElement>('.react-flow__viewport, .react-flow__node')]
      .map(each => each.style.transform)
      .join()
    const { stillAt, stillSince } = document.documentElement.dataset
    if (at !== stillAt) Object.assign(document.documentElement.dataset, { stillAt: at, stillSince: String(performance.now()) })
    return at === stillAt && performance.now() - Number(stillSince) > 250
  })
}

async function centreOf(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox()
  if (!box) throw new Error(`${locator.toString()} is not on the screen`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
