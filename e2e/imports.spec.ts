import { expectRowCount, preview, rows, upload } from './pages/data'
import { goTo, openBlank } from './pages/studio'
import { expect, test } from './pages/test'

/** Thirty files of all forms and sizes; each names itself in its first row, so that no table can pass for another file's. */
const files = Array.from({ length: 30 }, (_, number) => {
  const count = [1, 3, 40, 900, 2_500][number % 5] ?? 1
  const rowsOf = Array.from({ length: count }, (_row, at) => ({
    text: at === 0 ? `file ${number}` : `row ${at}`,
    n: at,
    label: 'ab'[at % 2],
  }))
  const forms = [
    ['csv', () => ['text,n,label', ...rowsOf.map(row => `"${row.text}",${row.n},${row.label}`)].join('\n')],
    ['jsonl', () => rowsOf.map(row => JSON.stringify(row)).join('\n')],
    ['json', () => JSON.stringify(rowsOf)],
    ['tsv', () => ['text\tn\tlabel', ...rowsOf.map(row => `${row.text}\t${row.n}\t${row.label}`)].join('\r\n')],
  ] as const
  const [form, write] = forms[number % forms.length] ?? forms[0]
  return { name: `file-${number}.${form}`, content: write(), count, first: `file ${number}` }
})

test('brings thirty files one after the other to the table on a slow processor', async ({ page }) => {
  test.setTimeout(180_000)
  await openBlank(page)
  await goTo(page, 'Data')
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  for (const [number, file] of files.entries()) {
    await upload(page, file.name, file.content)
    await expect(preview(page).getByRole('region', { name: 'Preview' })).toContainText(file.first)
    const take = preview(page).getByRole('button', { name: /^Import [\d,]+ rows?$/ })
    // Every third is called off and chosen again: what the first reading still sends must not reach the second one.
    if (number % 3 === 2) {
      await preview(page).getByRole('button', { name: 'Cancel' }).click()
      await upload(page, file.name, file.content)
      await expect(preview(page).getByRole('region', { name: 'Preview' })).toContainText(file.first)
    }
    await take.click()
    await expect(preview(page)).toBeHidden()
    await expectRowCount(page, file.count)
    await expect(rows(page)).toContainText(file.first)
  }
})
