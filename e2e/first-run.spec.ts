import { unzipSync } from 'fflate'
import {
  bytesOf,
  canvasNodes,
  compile,
  downloadOf,
  goTo,
  jsonOf,
  openExport,
  openTemplate,
  result,
  saved,
  templateTitles,
  topBar,
} from './pages/studio'
import { expect, test } from './pages/test'

for (const title of templateTitles) {
  test(`opens the template "${title}" whole, without a problem`, async ({ page }) => {
    await openTemplate(page, title)
    for (const node of await canvasNodes(page).all()) await expect(node).toBeInViewport({ ratio: 0.99 })
    await expect(page.getByText('None: the program can run.')).toBeVisible()
    await goTo(page, 'Data')
    await expect(page.getByRole('grid', { name: 'Rows' })).toBeVisible()
    await expect(page.getByText(/stands? in more than one split/)).toBeHidden()
    await goTo(page, 'Compile')
    await expect(page.getByRole('region', { name: 'Estimate' })).toContainText('All')
    await expect(page.getByText('not a language model').first()).toBeVisible()
  })
}

test('goes from an empty profile to a better program, out of the studio and back', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')

  await test.step('compiles without typing or a key, and shows how it goes', async () => {
    await compile(page)
    const stages = page.getByRole('list', { name: 'Stages' })
    for (const stage of ['Baseline', 'Random search', 'Final evaluation']) await expect(stages).toContainText(stage)
    await expect(page.getByRole('figure', { name: 'Score by Trial' })).toBeVisible()
  })

  await test.step('shows baseline beside best with the interval of the gain', async () => {
    await expect(result(page)).toBeVisible({ timeout: 45_000 })
    await expect(result(page)).toContainText('Baseline')
    await expect(result(page)).toContainText(/Best: /)
    await expect(result(page)).toContainText('The whole interval is above zero.')
    await expect(result(page).getByRole('button', { name: /fixed$/ })).toBeVisible()
    await expect(page.getByText('$0').first()).toBeVisible()
  })

  await test.step('applies the best candidate as a version, which undo takes back', async () => {
    await result(page).getByRole('button', { name: 'Apply' }).click()
    await expect(result(page).getByText('Applied as version 2')).toBeVisible()
    await topBar(page)
      .getByRole('button', { name: /^Undo: apply/ })
      .click()
    await expect(result(page).getByRole('button', { name: 'Apply again' })).toBeVisible()
    await topBar(page)
      .getByRole('button', { name: /^Redo: apply/ })
      .click()
    await expect(result(page).getByText('Applied as version 2')).toBeVisible()
    await goTo(page, 'Build')
    await expect(canvasNodes(page).filter({ hasText: /\d+ demos/ })).toHaveCount(1)
    await expect(page.getByRole('listitem').filter({ hasText: 'v2' })).toContainText('in use')
    await page.getByRole('button', { name: 'Restore version 1' }).click()
    await expect(canvasNodes(page).filter({ hasText: /\d+ demos/ })).toHaveCount(0)
    // What tells of the first step back lies over the end of the panel until it is put away.
    await page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Dismiss' }).last().click()
    await page.getByRole('button', { name: 'Restore version 2' }).click()
  })

  await test.step('exports the state that DSPy reads', async () => {
    const download = await downloadOf(page, () => openExport(page, /DSPy state/))
    expect(download.suggestedFilename()).toBe('support-ticket-triage-dspy.json')
    const state = await jsonOf(download)
    expect(state).toMatchObject({ metadata: { dependency_versions: { dspy: expect.any(String) } } })
    // One predictor, by DSPy's name for a ChainOfThought of a program.
    const predictor = Object.entries(state as Record<string, { demos?: unknown[] }>).find(([name]) => name.endsWith('.predict'))?.[1]
    expect(predictor?.demos?.length).toBeGreaterThan(0)
  })

  await test.step('exports TypeScript after showing that its requests are byte-equal', async () => {
    await openExport(page, /TypeScript/)
    const dialog = page.getByRole('dialog', { name: 'Export as TypeScript' })
    await expect(dialog.getByText('byte for byte')).toBeVisible()
    await expect(dialog.getByRole('listitem')).toHaveCount(3)
    await expect(dialog.getByRole('listitem').first()).toContainText('1 request equal')
    const download = await downloadOf(page, () => dialog.getByRole('button', { name: 'Download .zip' }).click())
    const files = Object.keys(unzipSync(await bytesOf(download)))
    expect(files.map(file => file.replace(/^.*\//, '')).toSorted()).toEqual(
      expect.arrayContaining(['engine.js', 'main.ts', 'package.json', 'program.json', 'program.ts']),
    )
  })

  const projectFile = await test.step('exports the project file', async () => {
    const download = await downloadOf(page, () => openExport(page, /Project file/))
    return { name: download.suggestedFilename(), mimeType: 'application/json', buffer: Buffer.from(await bytesOf(download)) }
  })

  await test.step('keeps project, runs and traces over a reload', async () => {
    await saved(page)
    await page.reload()
    await expect(canvasNodes(page).filter({ hasText: /\d+ demos/ })).toHaveCount(1)
    await expect(page.getByRole('listitem').filter({ hasText: 'v2' })).toContainText('in use')
    await goTo(page, 'Runs')
    await page
      .getByRole('grid', { name: 'Runs' })
      .getByText(/^Compile with/)
      .click()
    await expect(result(page).getByText('Applied as version 2')).toBeVisible()
    await page.getByRole('button', { name: 'Traces' }).click()
    await expect(page.getByRole('region', { name: 'Steps' })).toContainText('[[ ## ticket ## ]]')
  })

  await test.step('imports the project file as a project of its own', async () => {
    await page.getByRole('link', { name: 'DSPy Studio: all projects' }).click()
    await page.getByLabel('Project file').setInputFiles(projectFile)
    await expect(canvasNodes(page).filter({ hasText: /\d+ demos/ })).toHaveCount(1)
    await expect(page.getByRole('listitem').filter({ hasText: 'v2' })).toContainText('in use')
    await goTo(page, 'Data')
    await expect(page.getByRole('grid', { name: 'Rows' })).toHaveAttribute('aria-rowcount', '147')
    await page.getByRole('link', { name: 'DSPy Studio: all projects' }).click()
    await expect(page.getByRole('region', { name: 'Your projects' }).getByRole('listitem')).toHaveCount(2)
  })
})
