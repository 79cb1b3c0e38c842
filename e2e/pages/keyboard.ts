import { expect, type Locator, type Page } from '@playwright/test'

/** Walks with Tab until the element has the focus, as hands without a mouse do; Shift+Tab with `back`. */
export async function tabTo(page: Page, target: Locator, direction: 'on' | 'back' = 'on'): Promise<void> {
  await expect(target).toBeVisible()
  const wanted = await target.elementHandle()
  for (let steps = 0; steps < 150; steps++) {
    if (await page.evaluate(element => document.activeElement === element, wanted)) return
    await page.keyboard.press(direction === 'on' ? 'Tab' : 'Shift+Tab')
  }
  throw new Error(`Tab does not reach ${target.toString()}`)
}

/** Tabs to a control and presses Enter on it. */
export async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press('Enter')
}

/** Goes down an open menu to an entry and takes it. */
export async function takeFromMenu(page: Page, entry: string | RegExp): Promise<void> {
  const item = page.getByRole('menuitem', { name: entry }).or(page.getByRole('option', { name: entry }))
  await expect(item.first()).toBeVisible()
  for (let steps = 0; steps < 40; steps++) {
    if (await item.first().evaluate(element => element === document.activeElement || element.hasAttribute('data-highlighted'))) break
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
}
