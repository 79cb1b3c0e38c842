import type { Locator, Page } from '@playwright/test'
import { inspector, node, select } from './pages/canvas'
import { compile, goTo, openTemplate, result } from './pages/studio'
import { expect, test } from './pages/test'

test.describe('an input method', () => {
  /** The Enter, Escape or arrow that an input method takes for itself, as browsers report it. */
  async function composed(box: Locator, key: string): Promise<void> {
    for (const isComposing of [true, false])
      await box.evaluate(
        (element, init) => element.dispatchEvent(new KeyboardEvent('keydown', { ...init, keyCode: 229, bubbles: true, cancelable: true })),
        { key, code: key, isComposing },
      )
  }

  test('keeps its keys in every box that acts on them', async ({ page }) => {
    await openTemplate(page, 'Support-ticket triage')
    await page.getByRole('button', { name: /^Rename project/ }).click()
    const name = page.getByRole('textbox', { name: 'Project name' })
    await name.fill('とうきょ')
    for (const key of ['Enter', 'Escape']) await composed(name, key)
    await expect(name).toHaveValue('とうきょ')
    await name.press('Enter')
    await expect(page.getByRole('button', { name: /^Rename project/ })).toContainText('とうきょ')

    await select(page, 'Triage')
    await page.keyboard.press('F2')
    const title = page.getByRole('textbox', { name: 'Node name' })
    await title.fill('にほ')
    for (const key of ['Enter', 'Escape', 'Delete']) await composed(title, key)
    await expect(title).toHaveValue('にほ')
    await title.press('Escape')

    const option = page.getByRole('textbox', { name: /^Add a value to/ }).first()
    await option.fill('ご')
    const count = await page.getByRole('button', { name: /^Remove / }).count()
    await composed(option, 'Enter')
    await expect(option).toHaveValue('ご')
    expect(await page.getByRole('button', { name: /^Remove / }).count()).toBe(count)
    await option.fill('')

    await goTo(page, 'Data')
    const cell = page.getByRole('grid', { name: 'Rows' }).getByRole('row').nth(1).getByRole('gridcell').nth(3)
    await cell.dblclick()
    const editor = page.getByRole('grid', { name: 'Rows' }).getByRole('textbox')
    await editor.fill('ねこ')
    for (const key of ['Enter', 'Escape', 'Tab']) await composed(editor, key)
    await expect(editor).toHaveValue('ねこ')
    await editor.press('Escape')

    await page.keyboard.press('ControlOrMeta+k')
    const search = page.getByRole('dialog').getByRole('combobox')
    await search.fill('ぺ')
    for (const key of ['Enter', 'Escape']) await composed(search, key)
    await expect(search).toHaveValue('ぺ')
  })
})

test.describe('a translated page', () => {
  /** What a page translator does: each text goes into `<font><font>…</font></font>`, and again after each change. */
  async function translate(page: Page): Promise<void> {
    await page.evaluate(() => {
      const run = (): void => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
        const texts: Text[] = []
        while (walker.nextNode()) if (walker.currentNode instanceof Text) texts.push(walker.currentNode)
        for (const text of texts) {
          if (text.data.trim() === '' || text.parentElement?.closest('script, style, textarea, font, [translate=no]')) continue
          const outer = document.createElement('font')
          const inner = document.createElement('font')
          inner.textContent = text.data
          outer.append(inner)
          text.replaceWith(outer)
        }
      }
      run()
      let timer = 0
      new MutationObserver(() => {
        clearTimeout(timer)
        timer = window.setTimeout(run, 50)
      }).observe(document.body, { childList: true, subtree: true, characterData: true })
    })
  }

  test('is built, compiled and looked through without a fault', async ({ page }) => {
    await openTemplate(page, 'Support-ticket triage')
    await translate(page)
    await node(page, 'Triage').click()
    await inspector(page).getByRole('tab', { name: 'Instructions' }).click()
    await goTo(page, 'Data')
    await goTo(page, 'Compile')
    await compile(page)
    await expect(result(page)).toContainText('The whole interval is above zero.', { timeout: 90_000 })
    for (const tab of ['Changes', 'Rows', 'Log', 'Trials']) await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click()
    await page.getByRole('button', { name: 'Traces' }).click()
    for (let at = 0; at < 5; at++) await page.keyboard.press('j')
    await expect(page.getByRole('region', { name: 'Step 1: Triage' })).toBeVisible()
    await goTo(page, 'Runs')
    await expect(page.getByRole('grid', { name: 'Runs' }).getByText('Done')).toBeVisible()
    await goTo(page, 'Build')
    await expect(page.getByText('could not be shown')).toHaveCount(0)
  })
})
