import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expectAccessible } from './pages/axe'
import { node } from './pages/canvas'
import { downloadOf, openExport } from './pages/studio'
import { expect, test } from './pages/test'

const entry = (names: readonly string[], instructions: string, demos: readonly object[] = []) => ({
  traces: [],
  train: [],
  demos,
  signature: {
    instructions,
    fields: names.map(name => ({ prefix: `${name[0]?.toUpperCase()}${name.slice(1)}:`, description: `\${${name}}` })),
  },
  lm: null,
})

/** As DSPy writes it: two steps, of which the first lies in a list. */
const state = `${JSON.stringify(
  {
    'steps[0]': entry(['text', 'keyword'], 'Find the word that says what it is about.', [
      { augmented: true, text: 'a red apple', keyword: 'apple' },
    ]),
    'answer.predict': entry(['keyword', 'reasoning', 'label'], 'Name its kind.'),
    metadata: { dependency_versions: { python: '3.11', dspy: '3.4.1', cloudpickle: '3.1' } },
  },
  null,
  2,
)}\n`

test('a state file of DSPy is dropped on the gallery, becomes a program, runs, and goes home as it came', async ({ page }) => {
  await page.goto('./')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()

  await test.step('a folder and a pickle say what to do instead', async () => {
    await dropFile(page, 'program.pkl', '\u0080\u0005')
    await expect(page.getByRole('region', { name: 'Notices' })).toContainText('only Python can open it')
  })

  await test.step('says what it holds and what was guessed', async () => {
    await dropFile(page, 'compiled.json', state)
    const dialog = page.getByRole('dialog', { name: 'Open a DSPy state' })
    await expect(dialog.getByRole('region', { name: 'Steps' }).getByRole('listitem')).toHaveText([
      /steps 0.*text → keyword/,
      /answer.*keyword → label/,
    ])
    await expect(dialog.getByRole('region', { name: 'Remarks' })).toContainText('holds no types')
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await expectAccessible(page, axe => axe.include('[data-modal]'))
      await page.screenshot({ path: test.info().outputPath(`open-dspy-${colorScheme}.png`) })
    }
    await dialog.getByRole('button', { name: 'Make a project' }).click()
    await page.waitForURL(/#\/p\//)
  })

  await test.step('runs', async () => {
    await node(page, 'answer').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Run with typed input…' }).click()
    const typed = page.getByRole('dialog', { name: 'Run with typed input' })
    await typed.getByRole('textbox').first().fill('a green pear')
    await typed.getByRole('button', { name: /^Run/ }).click()
    await expect(node(page, 'answer')).toContainText('Done')
  })

  await test.step('goes home to the byte', async () => {
    const download = await downloadOf(page, () => openExport(page, /DSPy state/))
    expect(await readFile(await download.path(), 'utf8')).toBe(state)
  })

  await test.step('is dropped on the canvas, compared with the program, and taken as one step of undo', async () => {
    const changed = state.replace('Name its kind.', 'Name its kind, in capitals.').replace('"Label:"', '"Colour:"')
    await dropFile(page, 'later.json', changed, page.locator('.react-flow'))
    const dialog = page.getByRole('dialog', { name: 'Open a DSPy state' })
    await expect(dialog.getByRole('combobox')).toContainText('Open in this project, compiled')
    await dialog.getByRole('button', { name: 'Open in the project' }).click()
    await expect(dialog).toBeHidden()
    await expect(node(page, 'answer')).toContainText('in capitals')
    await page.keyboard.press('ControlOrMeta+z')
    await expect(node(page, 'answer')).not.toContainText('in capitals')
    await dropFile(page, 'rows.json', '[{"text": "a"}]', page.locator('.react-flow'))
    await expect(page.getByRole('region', { name: 'Notices' })).toContainText('Only a state file of DSPy')
  })

  await test.step('is opened again in the project that it fits', async () => {
    await page.goto('./#/')
    await page.evaluate(
      text => {
        const data = new DataTransfer()
        data.setData('text/plain', text)
        window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }))
      },
      state.replace('Name its kind.', 'Name its kind, in one word.'),
    )
    const dialog = page.getByRole('dialog', { name: 'Open a DSPy state' })
    await expect(dialog.getByRole('combobox')).toContainText('Open in the project compiled')
    await dialog.getByRole('button', { name: 'Open in the project' }).click()
    await page.waitForURL(/#\/p\//)
  })
})

async function dropFile(page: Page, name: string, text: string, on = page.getByRole('heading', { level: 1 })): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([file, content]) => {
      const data = new DataTransfer()
      data.items.add(new File([content ?? ''], file ?? '', { type: 'application/json' }))
      return data
    },
    [name, text],
  )
  await on.dispatchEvent('drop', { dataTransfer: transfer })
}
