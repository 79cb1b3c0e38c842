import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { chromiumArguments, findChromium } from './chromium.mjs'
import { withPalette } from './palette-png.mjs'
import { serve } from './serve.mjs'

// A picture of every screen, light and dark, taken from the production build: `npm run build && npm run screens`.
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: fileURLToPath(new URL('../docs/screens', import.meta.url)) },
    build: { type: 'string' },
    only: { type: 'string' },
  },
})
const csv = `report,team
"The lift in the east wing stops between floors, again.",maintenance
Guest in 214 has no wireless network since noon.,it_desk
"Someone left a suitcase alone in the lobby,security
Breakfast ran out of bread at nine.,catering
Only one cell
`
mkdirSync(values.folder, { recursive: true })
const server = await serve({ port: 4190, ...(values.build === undefined ? {} : { folder: values.build }) })
const browser = await chromium.launch({ executablePath: findChromium(), args: [...chromiumArguments, '--font-render-hinting=none'] })
for (const theme of ['light', 'dark']) await takeAll(theme)
await browser.close()
server.close()
const total = readdirSync(values.folder).reduce((sum, name) => sum + statSync(join(values.folder, name)).size, 0)
console.log(`${readdirSync(values.folder).length} pictures, ${(total / 1024).toFixed(0)} KB in all`)

async function takeAll(theme) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 1,
    colorScheme: theme,
    reducedMotion: 'reduce',
    baseURL: server.url,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const bar = page.getByRole('banner')
  const inspector = page.getByRole('region', { name: 'Inspector' })
  const tab = name => page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name }).click()
  const shot = name => take(page, `${name}-${theme}`)

  await page.goto('/')
  await page.getByRole('button', { name: 'Support-ticket triage' }).waitFor()
  await shot('gallery')

  await page.getByRole('button', { name: /^Blank/ }).click()
  await page.getByText('An empty program').waitFor()
  await shot('build-empty')
  await tab('Data')
  await page.getByText('No data yet').waitFor()
  await shot('data-empty')
  await tab('Runs')
  await page.getByText('No runs yet').waitFor()
  await shot('runs-empty')

  await page.goto('/')
  await page.getByRole('button', { name: 'Summarise, then route' }).click()
  await page.locator('.react-flow__node').nth(3).waitFor()
  await bar.getByRole('button', { name: 'Run row' }).click()
  await inspector.getByText(/^Done · /).waitFor()
  await page.locator('.react-flow__pane').click({ position: { x: 30, y: 30 } })
  await shot('build')
  await page.setViewportSize({ width: 1024, height: 768 })
  await page.reload()
  await page.locator('.react-flow__node').nth(3).waitFor()
  await shot('build-1024')
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.reload()
  await page.locator('.react-flow__node').nth(3).waitFor()
  await bar.getByRole('button', { name: 'Run row' }).click()
  await inspector.getByText(/^Done · /).waitFor()
  await page.getByRole('button', { name: 'Outline' }).click()
  await page.locator('.react-flow__node').filter({ hasText: 'Route' }).locator('.node-icon').first().click()
  for (const name of ['Signature', 'Instructions', 'Prompt', 'Output']) {
    await inspector.getByRole('tab', { name }).click()
    await shot(`inspector-${name.toLowerCase()}`)
  }
  await page.getByRole('button', { name: 'Outline' }).click()

  await tab('Data')
  await page.getByRole('grid', { name: 'Rows' }).waitFor()
  await shot('data')
  await page.getByLabel('File to import').setInputFiles({ name: 'notes.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.getByRole('dialog', { name: 'Check before importing' }).waitFor()
  await shot('import')
  await page.keyboard.press('Escape')

  await tab('Compile')
  await page.getByRole('region', { name: 'Estimate' }).getByRole('rowheader', { name: 'All' }).waitFor()
  await page.getByRole('button', { name: 'Try on 3 rows' }).click()
  await page.getByRole('list', { name: 'Tried rows' }).waitFor()
  await shot('compile')
  await page.getByRole('button', { name: 'Add model' }).scrollIntoViewIfNeeded()
  await shot('compile-models')
  await page.getByRole('button', { name: 'Add model' }).click()
  await page.getByRole('dialog', { name: 'Add model' }).waitFor()
  await shot('model')
  await page.keyboard.press('Escape')

  await bar.getByRole('button', { name: 'Compile', exact: true }).click()
  await page.getByRole('list', { name: 'Stages' }).getByText('Running').waitFor()
  await page.locator('[data-point]').nth(3).waitFor()
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('button', { name: 'Resume', exact: true }).waitFor()
  await shot('run-live')
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  const result = page.getByRole('region', { name: 'Result' })
  await result.waitFor({ timeout: 120_000 })
  await shot('run')
  for (const name of ['Changes', 'Rows', 'Log']) {
    await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
    await shot(`run-${name.toLowerCase()}`)
  }
  await page.getByRole('tab', { name: /^Trials/ }).click()
  await page.getByRole('grid').getByRole('row').nth(3).click()
  await shot('run-candidate')
  await page.keyboard.press('Escape')
  await result.getByRole('button', { name: 'Apply' }).click()
  await result.getByText(/^Applied as version/).waitFor()
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await page.getByRole('button', { name: 'Traces' }).click()
  await page.getByRole('region', { name: 'Steps' }).getByText('[[ ##').first().waitFor()
  await shot('trace')

  await bar.getByRole('button', { name: 'Evaluate' }).click()
  await page.getByRole('region', { name: 'Score' }).getByText('95 % interval').first().waitFor()
  await shot('evaluate')
  await tab('Runs')
  await page.getByRole('grid', { name: 'Runs' }).waitFor()
  await shot('runs')

  await tab('Build')
  await page.locator('.react-flow__pane').click({ position: { x: 30, y: 30 } })
  await page.getByText('in use').waitFor()
  await shot('build-applied')
  await bar.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: /TypeScript/ }).click()
  await page.getByText('byte for byte').waitFor()
  await shot('export')
  await page.keyboard.press('Escape')
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('listbox', { name: 'Results' }).waitFor()
  await shot('palette')
  await page.keyboard.press('Escape')
  await bar.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await shot('shortcuts')
  await page.keyboard.press('Escape')
  await bar.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  await shot('settings')
  await takeSearches({ page, bar, inspector, tab, shot })
  await takeAgent({ page, bar, inspector, tab, shot })
  await context.close()
}

/** What the searches for instructions, the pools of demos and the ensembles show of themselves. */
async function takeSearches({ page, bar, inspector, tab, shot }) {
  const result = page.getByRole('region', { name: 'Result' })
  const compileWith = async optimizer => {
    await tab('Compile')
    await page.getByRole('radiogroup', { name: 'Optimizer' }).getByRole('radio', { name: optimizer }).click()
    await page.getByRole('region', { name: 'Estimate' }).getByRole('rowheader', { name: 'All' }).waitFor()
    if (shotOf[optimizer]) await shot(shotOf[optimizer])
    await bar.getByRole('button', { name: 'Compile', exact: true }).click()
    await result.waitFor({ timeout: 180_000 })
  }
  const shotOf = { GEPA: 'compile-optimizer' }
  await page.goto('/')
  await page.getByRole('button', { name: 'Support-ticket triage' }).click()
  await page.locator('.react-flow__node').nth(2).waitFor()
  await compileWith('GEPA')
  for (const name of ['Lineage', 'Frontier', 'Proposals']) {
    await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
    await shot(`run-${name.toLowerCase()}`)
  }
  await page.getByRole('tab', { name: /^Trials/ }).click()
  await page.getByRole('button', { name: /^Before you trust it|^Why no gain/ }).click()
  await shot('run-diagnosis')
  await compileWith('MIPROv2')
  await page.getByRole('tab', { name: 'What mattered' }).click()
  await shot('run-choices')
  const applied = async name => {
    await page.getByRole('tab', { name: /^Changes/ }).click()
    await shot(`run-${name}`)
    await result.getByRole('button', { name: 'Apply' }).click()
    await result.getByText(/^Applied as version/).waitFor()
    await tab('Build')
  }
  const chosen = async (node, part) => {
    await page.locator('.react-flow__node').filter({ hasText: node }).locator('.node-icon').first().click()
    await inspector.getByRole('tab', { name: part }).click()
  }
  await compileWith('Nearest-neighbour few-shot')
  await applied('nearest')
  await chosen('Triage', 'Instructions')
  await shot('inspector-nearest')
  await compileWith('Ensemble')
  await applied('ensemble')
  await bar.getByRole('button', { name: 'Run row' }).click()
  await inspector.getByText(/^Done · /).waitFor()
  await chosen('programs', 'Programs')
  await shot('vote')
  await inspector
    .getByRole('button', { name: /^Open .* on the canvas$/ })
    .first()
    .click()
  await page.getByRole('navigation', { name: 'Shown program' }).waitFor()
  await shot('vote-program')
}

/** An agent with its tools and its trace, and a judge as the metric. */
async function takeAgent({ page, bar, inspector, tab, shot }) {
  await page.goto('/')
  await page.getByRole('button', { name: 'Shop assistant' }).click()
  await page.locator('.react-flow__node').nth(2).waitFor()
  await bar.getByRole('button', { name: 'Run row' }).click()
  await inspector.getByText(/^Done · /).waitFor()
  await page.getByRole('button', { name: 'Predictors of Assist' }).click()
  await page.locator('.react-flow__node').filter({ hasText: 'Assist' }).locator('.node-icon').first().click()
  await inspector.getByRole('tab', { name: 'Settings' }).click()
  await inspector.getByText('product_details').first().click()
  await shot('agent')
  await inspector.getByRole('tab', { name: 'Output' }).click()
  await shot('agent-output')
  await bar.getByRole('button', { name: 'Evaluate' }).click()
  await page.getByRole('region', { name: 'Score' }).getByText('95 % interval').first().waitFor()
  await page.getByRole('button', { name: 'Traces' }).click()
  const tree = page.getByRole('tree', { name: 'What Assist did' })
  await tree.getByRole('treeitem', { name: /^Tool/ }).first().click()
  await shot('trace-agent')
  await tab('Compile')
  await page.getByRole('combobox', { name: 'Metric', exact: true }).click()
  await page.getByRole('option', { name: /^Rubric judge/ }).click()
  await shot('compile-judge')
}

/** After what glides has come to rest and the notices have gone, so that the same build gives the same picture. */
async function take(page, name) {
  if (values.only !== undefined && !name.includes(values.only)) return
  for (const dismiss of await page.getByRole('button', { name: 'Dismiss' }).all()) await dismiss.click().catch(() => undefined)
  await page.mouse.move(500, 4)
  await page.waitForTimeout(450)
  writeFileSync(join(values.folder, `${name}.png`), withPalette(await page.screenshot({ caret: 'hide' })))
}
