import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { chromium, expect } from '@playwright/test'
import { bundleForNode } from '../bundle.mjs'
import { chromiumArguments, findChromium } from '../chromium.mjs'
import { serve } from '../serve.mjs'
import { codeProject, http, imported, optimizers, thingsProject, trimmed } from './projects.mjs'

// Drives the build of an old version in a real browser and keeps what it writes: src/testing/written-2026-11-22/README.md says how.
const { values } = parseArgs({ options: { build: { type: 'string' }, out: { type: 'string' } } })
if (!values.build || !values.out) throw new Error('Say --build <folder of the old version> and --out <folder for the fixtures>.')
mkdirSync(values.out, { recursive: true })

const { answer, startFakeOpenAi } = await import(await bundleForNode('scripts/old-version/model.ts', 'old-version-model'))
const model = await startFakeOpenAi({ answer, latencyMs: 70 })
const studio = await serve({ port: 4310, folder: resolve(values.build) })
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: [...chromiumArguments, `--host-resolver-rules=MAP ${new URL(http).host} 127.0.0.1:${model.port}`],
})
const context = await browser.newContext({ baseURL: studio.url, viewport: { width: 1440, height: 900 }, acceptDownloads: true })
let page = await context.newPage()
page.setDefaultTimeout(60_000)

await makeProjectFiles()
for (const [id, params] of Object.entries(optimizers)) {
  await startCompile(thingsProject(id, params))
  await status('Done')
}
const finished = runId()
const finishedFile = await exportRun()
await makeOtherRuns()
const routing = await templateFile('Summarise, then route')
const killed = {
  gepa: await killedThings('gepa', { name: 'Killed while it reflects', seed: 11 }, 40),
  knn: await killedThings('knn-few-shot', { name: 'Killed among neighbours', seed: 12 }, 15),
  ensemble: await killedThings('ensemble', { name: 'Killed before it votes', seed: 13 }, 30),
  thinking: await killedThings('copro', { name: 'Killed while it thinks', seed: 14, model: 'thinking' }, 25),
  thoughts: await killedThings('gepa', { name: 'Killed while it thinks twice', seed: 16, model: 'thinking' }, 40),
  short: await killedThings('bootstrap-few-shot', { name: 'Killed when cut', seed: 15, model: 'short' }, 18),
  sandbox: await killedCompile(name => codeProject(routing, { name, candidates: 12 }), { name: 'Killed on the Sandbox' }),
}
await page.close()
page = await context.newPage()
page.setDefaultTimeout(60_000)
await page.goto('/favicon.svg')
const database = await page.evaluate(dumpDatabase)
keep('database.json.gz', JSON.stringify(database))
await page.goto('/#/settings')
keep('workspace.backup.jsonl.gz', await downloadedText(() => page.getByRole('button', { name: 'Back up everything' }).click()))
keep('run-finished.json.gz', finishedFile)
await open(killed.gepa)
await status('Interrupted')
keep('run-unfinished.json.gz', await exportRun())

const stored = new Set(database.stores.lmCalls.records.map(({ key }) => key))
const ends = {}
for (const [name, run] of Object.entries(killed)) {
  await open(run)
  await page.getByRole('button', { name: 'Resume' }).first().click()
  await status('Done')
  ends[name] = { ...run }
}
await page.goto('/favicon.svg')
const after = await page.evaluate(dumpDatabase)
for (const end of Object.values(ends)) {
  const { status: how, digest, result, totals } = after.stores.runs.records.find(({ id }) => id === end.runId)
  Object.assign(end, { status: how, digest, result, totals })
}
const later = after.stores.lmCalls.records.filter(({ key }) => !stored.has(key))
keep('expected.json.gz', JSON.stringify({ finished, ends, later }))
await browser.close()
await model.close()
studio.close()
for (const name of readdirSync(values.out)) console.log(name, `${(statSync(join(values.out, name)).size / 1024).toFixed(1)} KB`)

/** Each template as a file: compiled on the Sandbox with some rows and applied, one of them with a step in code and as an ensemble. */
async function makeProjectFiles() {
  const search = { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 }
  const changed = [
    ['support-triage', trimmed(await templateFile('Support-ticket triage'), 'bootstrap-few-shot-random-search', search)],
    ['word-problems', trimmed(await templateFile('Arithmetic word problems'), 'knn-few-shot', { max_bootstrapped_demos: 2 })],
    ['incident-routing', codeProject(await templateFile('Summarise, then route'), { optimizer: 'ensemble', candidates: 2 })],
  ]
  for (const [name, file] of changed) {
    await startCompile(file)
    await status('Done')
    await page.getByRole('region', { name: 'Result' }).getByRole('button', { name: 'Apply' }).click()
    await page
      .getByText(/^Applied as version/)
      .first()
      .waitFor()
    keep(`project-${name}.json.gz`, await exportProject())
  }
}

async function makeOtherRuns() {
  const project = await imported(page, thingsProject('labeled-few-shot', { k: 2 }, { name: 'Things of every end' }))
  await page.locator('.react-flow__node').nth(2).waitFor()
  await bar().getByRole('button', { name: 'Evaluate' }).click()
  await page.waitForURL(/\/runs\/[\w-]+$/)
  await status('Done')
  await page.goto(`/#/p/${project}`)
  await bar().getByRole('button', { name: 'Run row' }).click()
  await page
    .getByRole('region', { name: 'Inspector' })
    .getByText(/^Done · /)
    .waitFor()
  await startCompile(thingsProject('gepa', optimizers.gepa, { name: 'Capped things', seed: 21, budget: { maxCalls: 30 } }))
  await status('Stopped by cap')
  await startCompile(thingsProject('labeled-few-shot', { k: 2 }, { name: 'Forbidden things', model: 'forbidden' }))
  await status('Failed')
  await startCompile(thingsProject('gepa', optimizers.gepa, { name: 'Stopped things', seed: 22 }))
  await atRequest(model.count + 35)
  await page.getByRole('button', { name: /^Stop/ }).first().click()
  const sure = page.getByRole('button', { name: /^Stop/ }).last()
  await status('Stopped', 5_000).catch(async () => sure.click())
  await status('Stopped')
}

function killedThings(optimizer, { name: title, ...options }, requests) {
  return killedCompile(name => thingsProject(optimizer, optimizers[optimizer], { name, ...options }), { name: title, requests })
}

/**
 * Starts a compile and closes its tab after some requests; on the Sandbox as soon as some trials are seen. One that was done by then is
 * tried again under another name, so that it finds nothing in the cache.
 */
async function killedCompile(fileOf, { name, requests }) {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    await startCompile(fileOf(attempt === 1 ? name : `${name} ${attempt}`))
    const run = { projectId: page.url().split('/').at(-3), runId: runId() }
    if (requests === undefined) await page.locator('[data-point]').nth(3).waitFor()
    else await atRequest(model.count + requests)
    await page.close()
    page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await open(run)
    if (await isShown('Interrupted')) return run
  }
  throw new Error(`"${name}" is never killed in time.`)
}

async function isShown(word) {
  await badge(/^(Interrupted|Done)$/).waitFor()
  return badge(word).isVisible()
}

/** Resolves at the latest when the run has ended without making so many. */
async function atRequest(count) {
  while (model.count < count && !(await badge('Done').isVisible())) await sleep(5)
}

async function templateFile(title) {
  await page.goto('/')
  await page
    .getByRole('button', { name: new RegExp(`^${title}`) })
    .first()
    .click()
  await page.getByRole('button', { name: `Rename project ${title}` }).waitFor()
  return JSON.parse(await exportProject())
}

async function startCompile(file) {
  console.log(`Compiling "${file.project.name}" with ${file.project.optimizer.id}`)
  const project = await imported(page, file)
  await page.goto(`/#/p/${project}/compile`)
  await page.getByRole('complementary', { name: 'Start' }).getByRole('button', { name: 'Compile', exact: true }).click()
  await page.waitForURL(/\/runs\/[\w-]+$/)
}

async function exportProject() {
  return downloadedText(async () => {
    await bar().getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: /^Project file/ }).click()
  })
}

async function exportRun() {
  return downloadedText(async () => {
    await page.getByRole('button', { name: 'More about this run' }).click()
    await page.getByRole('menuitem', { name: 'Export run file' }).click()
  })
}

async function downloadedText(act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  return readFileSync(await download.path(), 'utf8')
}

async function open({ projectId, runId: id }) {
  await page.goto(`/#/p/${projectId}/runs/${id}`)
}

function runId() {
  return page.url().split('/').at(-1)
}

function bar() {
  return page.getByRole('banner')
}

function badge(word) {
  return page.getByRole('navigation', { name: 'Place' }).locator('xpath=..').getByText(word, { exact: true })
}

async function status(word, timeout = 120_000) {
  await expect(badge(word)).toBeVisible({ timeout })
}

function keep(name, text) {
  writeFileSync(join(values.out, name), gzipSync(text, { level: 9 }))
}

/** Runs in the page: every store as it was made, with every record as it lies on disk. */
async function dumpDatabase() {
  const ask = request =>
    new Promise((done, failed) => {
      request.addEventListener('success', () => done(request.result))
      request.addEventListener('error', () => failed(request.error))
    })
  const open = await ask(indexedDB.open('dspy-studio'))
  const names = [...open.objectStoreNames]
  const transaction = open.transaction(names)
  const described = await Promise.all(
    names.map(async name => {
      const store = transaction.objectStore(name)
      const indexes = [...store.indexNames].map(index => {
        const { keyPath, unique, multiEntry } = store.index(index)
        return { name: index, keyPath, unique, multiEntry }
      })
      return [name, { keyPath: store.keyPath, indexes, records: await ask(store.getAll()) }]
    }),
  )
  const { version } = open
  open.close()
  return { version, stores: Object.fromEntries(described) }
}
