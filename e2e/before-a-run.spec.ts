import { importRows } from './pages/data'
import { compile, goTo, openTemplate, result, topBar } from './pages/studio'
import { expect, test } from './pages/test'

const said: Readonly<Record<string, readonly string[]>> = {
  invoices: ['invoice', 'charged twice', 'card was billed', 'payment receipt'],
  parcels: ['parcel', 'delivery is late', 'courier', 'tracking number'],
  logins: ['password', 'cannot sign in', 'locked account', 'two-factor code'],
}

/** Tickets of somebody else's teams, in a file as it comes. */
function foreignTickets(count: number): string {
  const labels = Object.keys(said)
  const lines = Array.from({ length: count }, (_, index) => {
    const label = labels[index % labels.length] ?? ''
    const words = said[label] ?? []
    return `"Hello, ${words[index % words.length]} again, please help with the ${words[(index + 1) % words.length]} (case ${index})",${label}`
  })
  return `ticket,category\n${lines.join('\n')}\n`
}

test('tells a newcomer whose labels the program cannot answer, mends it with one press, and compiles to a score', async ({ page }) => {
  test.setTimeout(120_000)
  await openTemplate(page, 'Support-ticket triage')
  await goTo(page, 'Data')
  await importRows(page, 'my-tickets.csv', foreignTickets(90))
  await goTo(page, 'Compile')
  const start = page.getByRole('complementary', { name: 'Start' })
  const stop = start.getByRole('alert', { name: 'Before it can start' })
  await expect(stop).toContainText('have labels that "category" cannot answer, so they always score 0')
  await expect(stop).toContainText('"invoices"')
  await expect(start.getByRole('button', { name: 'Compile' })).toBeDisabled()

  await test.step('a start from the bar above is refused, and said once', async () => {
    await topBar(page).getByRole('button', { name: 'Compile', exact: true }).click()
    await expect(page.getByText('cannot answer, so they always score 0')).toHaveCount(1)
  })
  await test.step('shows the rows it is about', async () => {
    await stop.getByRole('button', { name: 'Show these rows' }).click()
    await expect(page.getByRole('radio', { name: 'Chosen' })).toBeChecked()
    await goTo(page, 'Compile')
  })
  await test.step('adds the values as one step, which undo takes back', async () => {
    await stop.getByRole('button', { name: 'Add these 3 values to category' }).click()
    await expect(stop).toBeHidden()
    await topBar(page)
      .getByRole('button', { name: /^Undo: change type of category/ })
      .click()
    await expect(stop).toBeVisible()
    await stop.getByRole('button', { name: 'Add these 3 values to category' }).click()
    await expect(stop).toBeHidden()
  })
  await compile(page)
  await expect(result(page)).toBeVisible({ timeout: 90_000 })
  await expect(result(page)).toContainText(/Best: /)
  const best = await result(page).textContent()
  expect(Math.max(...[...(best ?? '').matchAll(/(\d+(?:\.\d+)?)\s?%/g)].map(match => Number(match[1])))).toBeGreaterThan(0)
})

test('says in a second tab that the first one compiles, before another start', async ({ page, context }) => {
  test.setTimeout(120_000)
  await openTemplate(page, 'Support-ticket triage')
  const other = await context.newPage()
  await compile(page)
  const project = page.url().replace(/\/runs\/.*$/, '')
  await other.goto(`${project}/compile`)
  const warning = other.getByRole('status', { name: 'Worth a look first' })
  await expect(warning).toContainText('Another tab is compiling this project')
  await warning.getByRole('button', { name: 'Watch that one' }).click()
  await expect(other).toHaveURL(page.url())
})
