/**
 * Compiles every template on the embedded Sandbox model, as the studio does, and prints a Markdown table.
 * Seed 0 is the split a template ships with; the others deal the rows differently.
 *
 *   npm run figures [-- <template id>… | --write]      --write puts the table into README.md
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from './install.mjs'

const seeds = [0, 1, 2]

const { templates, startRun, sandboxLm, chatAdapter, createQuickJsRunner, toExample, splitOf } = await loadEngine()
const runner = await createQuickJsRunner()
const isWriting = process.argv.includes('--write')
const wanted = process.argv.slice(2).filter(argument => !argument.startsWith('--'))
const rows = []
for (const template of templates) {
  if (wanted.length > 0 && !wanted.includes(template.id)) continue
  for (const seed of seeds) rows.push(await figuresOf(template, seed))
}
const heading = [
  'template',
  'seed',
  'rows train / val / test',
  'baseline (val)',
  'compiled (val)',
  'gain [95 %]',
  'baseline (test)',
  'compiled (test)',
  'paid calls',
  'seconds',
]
// Seconds differ from machine to machine and run to run; what is written down does not.
const shown = cells => (isWriting ? cells.slice(0, -1) : cells)
const table = [shown(heading), shown(heading).map(() => '---'), ...rows.map(shown)].map(cells => `| ${cells.join(' | ')} |`).join('\n')
console.log(table)
runner.dispose()
if (isWriting) {
  const readme = `${root}README.md`
  writeFileSync(
    readme,
    readFileSync(readme, 'utf8').replace(
      /(<!-- figures -->\n)[\s\S]*?(<!-- \/figures -->)/,
      (_all, start, end) => `${start}${table}\n${end}`,
    ),
  )
}

async function figuresOf(template, seed) {
  const { project, dataset } = template.build(prefix => `${prefix}-figures`)
  const split = { ...project.split, seed }
  const examples = { train: [], val: [], test: [] }
  for (const row of dataset.rows) examples[splitOf(row.id, split)].push(toExample(row, dataset.columns, project.graph, project.mapping))
  const started = performance.now()
  const ports = memoryPorts()
  const compiled = await run(project, seed, 'compile', project.state, examples.train, examples.val, ports)
  const seconds = (performance.now() - started) / 1000
  const { baseline, best, gain } = compiled.result
  const testBefore = await run(project, seed, 'evaluate', project.state, [], examples.test, ports)
  const testAfter = await run(project, seed, 'evaluate', best.state, [], examples.test, ports)
  return [
    project.name,
    seed,
    `${examples.train.length} / ${examples.val.length} / ${examples.test.length}`,
    percent(baseline.summary.mean),
    percent(best.summary.mean),
    gain ? `${signed(gain.mean)} ${gain.low === null ? '(no interval)' : `[${signed(gain.low)}, ${signed(gain.high)}]`}` : 'none',
    percent(testBefore.result.best.summary.mean),
    percent(testAfter.result.best.summary.mean),
    compiled.totals.calls,
    seconds.toFixed(1),
  ]
}

async function run(project, seed, kind, state, train, val, ports) {
  const [model] = project.models
  const { id } = project.optimizer
  const set = examples => ({ hash: `figures-${examples.length}`, count: examples.length })
  const spec = {
    schemaVersion: 1,
    engineVersion: 'figures',
    kind,
    title: project.name,
    graph: project.graph,
    state,
    metric: project.metric,
    ...(kind === 'compile' && { optimizer: { id, params: project.optimizer.params[id] ?? {} } }),
    models: { task: model, prompt: model, overrides: {} },
    data: { split: kind === 'compile' ? 'val' : 'test', train: set(train), val: set(val) },
    seed,
    concurrency: project.run.concurrency,
    maxErrors: project.run.maxErrors,
    budget: {},
  }
  const outcome = await startRun(spec, { train, val }, ports, () => undefined).done
  if (outcome.status !== 'done') throw new Error(`${project.name}, seed ${seed}: ${outcome.sentence}`)
  return outcome
}

function memoryPorts() {
  const calls = new Map()
  const lm = sandboxLm()
  return {
    clock: { now: () => performance.now(), date: () => Date.now(), sleep: (ms, signal) => setTimeout(ms, undefined, { signal }) },
    calls: {
      get: async key => calls.get(key),
      add: async call => {
        if (!calls.has(call.key)) calls.set(call.key, call)
        return calls.get(call.key)
      },
    },
    journal: { recorded: [], failedCalls: new Map(), append: async () => undefined },
    runner,
    adapter: chatAdapter,
    connect: () => lm,
  }
}

async function loadEngine() {
  const outfile = `${root}node_modules/.cache/dspy-studio/figures.mjs`
  mkdirSync(`${root}node_modules/.cache/dspy-studio`, { recursive: true })
  await build({
    stdin: {
      contents: `
        export { templates } from '@/templates/registry'
        export { startRun } from '@/engine/run/run'
        export { sandboxLm } from '@/engine/providers/sandbox/sandbox-lm'
        export { chatAdapter } from '@/engine/adapters/chat'
        export { createQuickJsRunner } from '@/engine/user-code/quickjs'
        export { toExample } from '@/engine/data/mapping'
        export { splitOf } from '@/engine/data/split'
      `,
      resolveDir: root,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: { '@': `${root}src` },
    logLevel: 'warning',
  })
  return import(pathToFileURL(outfile).href)
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`
}

function signed(share) {
  return `${share < 0 ? '−' : '+'}${(100 * Math.abs(share)).toFixed(1)}`
}
