import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { inspector, node } from './pages/canvas'
import { compile, goTo, openTemplate, result } from './pages/studio'
import { expect, test } from './pages/test'

test.describe.configure({ timeout: 400_000 })

// 1440 × 900 at 200 % zoom is a window of half the size to the page.
for (const { name, width, height } of [
  { name: 'at 200 % zoom', width: 720, height: 450 },
  { name: 'at 1024 px', width: 1024, height: 700 },
  { name: 'at 320 px', width: 320, height: 640 },
])
  test(`everything is there to be read and pressed ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height })
    await openTemplate(page, 'Support-ticket triage')
    await sound(page, 'Build')
    await node(page, 'Triage').click()
    await inspector(page).getByRole('tab', { name: 'Instructions' }).click()
    await sound(page, 'the inspector')

    await goTo(page, 'Data')
    await expect(page.getByRole('grid', { name: 'Rows' })).toBeVisible()
    await page.getByRole('button', { name: 'Match by name' }).click()
    await sound(page, 'Data')

    await goTo(page, 'Compile')
    await page.getByRole('radio', { name: /^Labelled few-shot/ }).click()
    await page.getByRole('button', { name: 'Try on 3 rows' }).click()
    await expect(page.getByRole('list', { name: 'Tried rows' }).getByRole('listitem')).toHaveCount(3)
    await sound(page, 'Compile')

    await compile(page)
    await expect(result(page)).toBeVisible({ timeout: 60_000 })
    await sound(page, 'a compile')
    await page.getByRole('tab', { name: /^Trials/ }).click()
    await page.getByRole('grid', { name: 'Candidates' }).getByRole('row').nth(1).click()
    await page.getByRole('button', { name: 'Close candidate' }).click()
    await page.getByRole('tab', { name: 'Rows' }).click()
    await sound(page, 'the rows of a compile')
    await result(page).getByRole('button', { name: 'Apply' }).click()
    await expect(result(page).getByText('Applied as version 2')).toBeVisible()

    await page.getByRole('button', { name: 'Traces' }).click()
    await expect(page.getByRole('region', { name: 'Step 1: Triage' })).toBeVisible()
    await sound(page, 'Traces')

    await goTo(page, 'Runs')
    await expect(page.getByRole('grid', { name: 'Runs' })).toBeVisible()
    await expect(page.getByRole('button', { name: /^Delete / })).toBeInViewport({ ratio: 1 })
    await sound(page, 'Runs')
    await page.getByRole('button', { name: /^Delete / }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()

    await page.getByRole('link', { name: /all projects/ }).click()
    await sound(page, 'the gallery')
    await page.getByRole('button', { name: 'Settings' }).click()
    await sound(page, 'Settings')
  })

test('the palette folds when the window becomes small and unfolds when it is wide again, and new nodes stand clear of others', async ({
  page,
}) => {
  await openTemplate(page, 'Support-ticket triage')
  const fold = page.getByRole('button', { name: 'Collapse the palette', exact: true })
  await expect(fold).toBeVisible()
  await page.setViewportSize({ width: 720, height: 450 })
  await expect(fold).toHaveCount(0)
  await page.setViewportSize({ width: 1440, height: 900 })
  await expect(fold).toBeVisible()

  for (const kind of ['Signature', 'Code', 'Vote', 'Output']) await page.getByRole('button', { name: `Add ${kind} node` }).dblclick()
  const cards = page.locator('.react-flow__node')
  await expect(cards).toHaveCount(7)
  const boxes = await cards.evaluateAll(elements => elements.map(element => element.getBoundingClientRect().toJSON()))
  for (const [at, a] of boxes.entries())
    for (const b of boxes.slice(at + 1)) {
      const isApart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
      expect({ a, b, isApart }).toMatchObject({ isApart: true })
    }
})

/** No fault of accessibility, nothing that makes the page itself scroll sideways, no control that no scrolling brings into view. */
async function sound(page: Page, place: string): Promise<void> {
  await expect(page.getByText('too small')).toHaveCount(0)
  const lost = await page.evaluate(() => {
    const scrolls = (element: Element): boolean =>
      /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth
    const isOut = (element: Element): boolean => {
      const { left, right, width } = element.getBoundingClientRect()
      if (width === 0 || (right <= innerWidth + 1 && left >= -1)) return false
      for (let around = element.parentElement; around !== null; around = around.parentElement) if (scrolls(around)) return false
      // The canvas is moved by hand.
      return element.closest('.react-flow__viewport') === null
    }
    const controls = [...document.querySelectorAll('button, a, input, textarea, [role=combobox], [role=tab], [role=radio]')]
    return {
      sideways: Math.max(0, document.documentElement.scrollWidth - innerWidth),
      controls: controls.filter(element => isOut(element)).map(element => element.getAttribute('aria-label') ?? element.textContent),
    }
  })
  expect({ place, ...lost }).toEqual({ place, sideways: 0, controls: [] })
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    `faults at: ${place}`,
  ).toEqual([])
}
