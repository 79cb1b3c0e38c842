import { chromium } from '@playwright/test'
import { chromiumArguments, findChromium } from '../chromium.mjs'
import { serve } from '../serve.mjs'

/** A project file of so many nodes: columns of signatures, each fed by one of the column before. */
export function projectFile(count) {
  const steps = count - 2
  const rows = Math.max(1, Math.ceil(Math.sqrt(steps)))
  const field = (id, name, role) => ({ id, name, role, type: { kind: 'str' }, desc: '' })
  const nodes = [{ id: 'in', kind: 'input', name: 'Input', fields: [field('in_text', 'text', 'output')] }]
  const edges = []
  const layout = { in: { x: -400, y: 0 } }
  const state = {}
  const ends = []
  for (let index = 0; index < steps; index += 1) {
    const id = `n${index}`
    const fields = [field(`${id}_text`, 'text', 'input'), field(`${id}_answer`, 'answer', 'output')]
    nodes.push({ id, kind: 'signature', name: `Step ${index + 1}`, module: 'predict', moduleParams: {}, fields })
    layout[id] = { x: Math.floor(index / rows) * 320, y: (index % rows) * 220 }
    state[id] = { instructions: `Answer step ${index + 1}.`, demos: [] }
    const from = index < rows ? { node: 'in', field: 'in_text' } : { node: `n${index - rows}`, field: `n${index - rows}_answer` }
    edges.push({ id: `e${index}`, from, to: { node: id, field: `${id}_text` } })
    if (index + rows >= steps) ends.push(id)
  }
  nodes.push({ id: 'out', kind: 'output', name: 'Output', fields: ends.map(id => field(`out_${id}`, `answer_${id}`, 'input')) })
  layout.out = { x: (Math.floor(steps / rows) + 1) * 320, y: 0 }
  for (const id of ends) edges.push({ id: `end_${id}`, from: { node: id, field: `${id}_answer` }, to: { node: 'out', field: `out_${id}` } })
  const project = {
    schemaVersion: 2,
    id: 'large',
    name: `Of ${count} nodes`,
    createdAt: 1,
    updatedAt: 1,
    graph: { nodes, edges },
    state,
    layout,
    mapping: { inputs: {}, labels: {} },
    metric: { kind: 'exact-match', params: { field: `answer_${ends[0]}` } },
    optimizer: { id: 'bootstrap-few-shot', params: {} },
    models: [{ id: 'sandbox', label: 'Sandbox', provider: 'sandbox', model: 'sandbox', settings: {}, price: { input: 0, output: 0 } }],
    roles: { task: 'sandbox', prompt: 'sandbox' },
    split: { train: 50, val: 50, test: 0, seed: 0 },
    run: { concurrency: 16, seed: 0, maxErrors: 10, budget: {} },
    reveals: [],
  }
  return { format: 'dspy-studio-project', schemaVersion: 2, project, versions: [] }
}

/**
 * How long a project of so many nodes keeps the page busy, in seconds: what hands do most, each as the sum of the page's long tasks. They
 * say how long nothing answers, whatever else the machine does between them.
 */
export async function busyWithGraph(counts, { folder, profile } = {}) {
  const server = await serve({ port: 4393, ...(folder && { folder }) })
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments })
  try {
    const figures = []
    for (const count of counts) figures.push(await measureOne(browser, server.url, count, profile))
    return figures
  } finally {
    await browser.close()
    server.close()
  }
}

async function measureOne(browser, url, count, profile) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(60_000)
  await page.addInitScript(() => {
    globalThis.busy = []
    new PerformanceObserver(list => globalThis.busy.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    })
  })
  const session = await page.context().newCDPSession(page)
  const figures = {}
  const during = async (what, work) => {
    await page.evaluate(() => void (globalThis.busy.length = 0))
    if (profile) await session.send('Profiler.enable').then(() => session.send('Profiler.start'))
    await work()
    // Two quiet frames: what follows the last event is over.
    await page.evaluate(
      () => new Promise(done => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => setTimeout(done, 50)), 50))),
    )
    if (profile) profile(count, what, (await session.send('Profiler.stop')).profile)
    const tasks = await page.evaluate(() => globalThis.busy)
    figures[what] = { total: tasks.reduce((sum, task) => sum + task, 0) / 1000, longest: Math.max(0, ...tasks) / 1000 }
  }
  await page.goto(url)
  const file = projectFile(count)
  await during('open', async () => {
    await page
      .getByLabel('Project file')
      .setInputFiles({ name: 'p.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file)) })
    await page.locator('.react-flow__node').nth(2).waitFor()
  })
  const card = page.locator('.react-flow__node').nth(2)
  const middle = async () => {
    const box = await page.locator('.react-flow').boundingBox()
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }
  await page.keyboard.press('Escape')
  await during('zoom', async () => {
    const { x, y } = await middle()
    await page.mouse.move(x, y)
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.down('Control')
      await page.mouse.wheel(0, -120)
      await page.keyboard.up('Control')
    }
  })
  const shown = page.locator('.react-flow__node').filter({ has: page.locator('.node-name') })
  const target = async () => {
    const pane = await page.locator('.react-flow').boundingBox()
    for (const one of await shown.all()) {
      const box = await one.locator('.node-head').boundingBox()
      if (
        box &&
        box.x > pane.x + 250 &&
        box.y > pane.y + 80 &&
        box.x + 100 < pane.x + pane.width &&
        box.y + 40 < pane.y + pane.height - 150
      )
        return box
    }
    return (await card.boundingBox()) ?? { x: 0, y: 0, height: 0 }
  }
  const box = await target()
  const at = { x: box.x + 30, y: box.y + box.height / 2 }
  await during('select', () => page.mouse.click(at.x, at.y))
  await during('drag', async () => {
    await page.mouse.move(at.x, at.y)
    await page.mouse.down()
    for (let step = 1; step <= 20; step += 1) await page.mouse.move(at.x + step * 4, at.y + step * 2)
    await page.mouse.up()
  })
  await page.getByRole('region', { name: 'Inspector' }).getByRole('tab', { name: 'Instructions' }).click()
  const text = page.getByRole('region', { name: 'Inspector' }).locator('textarea, .cm-content').first()
  await text.click()
  await during('type', () => page.keyboard.type('ten letter'))
  await during('estimate', async () => {
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Compile' }).click()
    await page.getByRole('complementary', { name: 'Start' }).getByRole('button', { name: 'Compile', exact: true }).waitFor()
  })
  await page.close()
  return { count, figures }
}
