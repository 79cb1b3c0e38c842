/**
 * Compares the optimizers with each other, and with DSPy's own where Python has it, on the embedded Sandbox and on the simulated LM.
 *
 *   npm run bench:optimizers [-- --optimizers mipro-v2,gepa --tasks support-triage --seeds 5 --quick --no-dspy --no-write]
 *
 * DSPY_PYTHON names a Python with dspy (and optuna, which its MIPROv2 needs). Prints Markdown and writes docs/benchmarks.md.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { bundleForNode } from './bundle.mjs'
import { ensureInstalled, root } from './install.mjs'
import { report } from './bench/optimizers/report.mjs'

ensureInstalled()
const { values: flags } = parseArgs({
  options: {
    optimizers: { type: 'string' },
    tasks: { type: 'string' },
    seeds: { type: 'string' },
    quick: { type: 'boolean' },
    'no-dspy': { type: 'boolean' },
    'no-sandbox': { type: 'boolean' },
    'no-write': { type: 'boolean' },
  },
})
const { runOurs, exportTask, taskOf, taskIds, registered, contests } = await import(
  await bundleForNode('scripts/bench/optimizers/ours.ts', 'bench-optimizers')
)
const serverFile = await bundleForNode('scripts/bench/simulated-lm/server.ts', 'bench-simulated-lm')
const optimizers = flags.optimizers?.split(',') ?? registered.filter(id => id in contests)
const tasks = flags.tasks?.split(',') ?? taskIds
const seeds = Array.from({ length: Number(flags.seeds ?? (flags.quick ? 1 : 5)) }, (_, at) => at + 1)
const jobs = tasks.flatMap(task => optimizers.flatMap(optimizer => seeds.map(seed => ({ task, optimizer, seed }))))
const python = flags['no-dspy'] ? undefined : pythonWithDspy()
if (!python) console.error('No Python with dspy: its column is left out. Set DSPY_PYTHON to have it.')

const startedAt = performance.now()
// Both sides at once, each with a server of its own: the machine has two cores, and no figure is a wall time.
const [ours, theirs] = await Promise.all([withServer(oursOn), python ? withServer(theirsOn) : []])
const capped = await withServer(url => cappedOn(url, ours, theirs))
const minutes = (performance.now() - startedAt) / 60_000
const heading = theirs.find(row => row.dspy)
const text = report({
  ours,
  capped,
  theirs: theirs.filter(row => row.optimizer),
  optimizers,
  tasks,
  seeds,
  contests,
  versions: { studio: packageVersion(), node: process.versions.node, ...heading },
})
console.log(text)
console.error(`${minutes.toFixed(1)} minutes`)
if (!flags['no-write']) writeBenchmarks(text)

async function oursOn(url) {
  const rows = []
  for (const job of jobs) {
    for (const lm of flags['no-sandbox'] ? ['simulated'] : ['simulated', 'sandbox']) {
      const row = await runOurs(job.optimizer, job.task, job.seed, lm === 'simulated' ? { url } : {}).catch(error => ({
        error: error.message,
      }))
      rows.push({ ...job, lm, ...row })
      tell(`ours ${lm}`, rows.at(-1))
    }
  }
  return rows
}

/** Where ours paid more than DSPy for the same job, once more with no more than DSPy paid. */
async function cappedOn(url, ours, theirs) {
  const rows = []
  for (const job of jobs) {
    const [mine, other] = [ours.filter(({ lm }) => lm === 'simulated'), theirs].map(side =>
      side.find(row => row.task === job.task && row.optimizer === job.optimizer && row.seed === job.seed && !row.error),
    )
    if (!mine || !other) continue
    if (mine.calls <= other.calls) rows.push(mine)
    else {
      rows.push({
        ...job,
        ...(await runOurs(job.optimizer, job.task, job.seed, { url, maxCalls: other.calls }).catch(error => ({ error: error.message }))),
      })
      tell('ours capped', rows.at(-1))
    }
  }
  return rows
}

async function theirsOn(url) {
  const known = jobs.filter(job => contests[job.optimizer]?.dspy)
  if (known.length === 0) return []
  const folder = `${root}node_modules/.cache/dspy-studio/`
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    `${folder}dspy-jobs.json`,
    JSON.stringify(known.map(job => ({ ...job, ...contests[job.optimizer].dspy, task: exportTask(taskOf(job.task, job.seed)) }))),
  )
  const child = spawn(python, [`${root}scripts/bench/optimizers/dspy_side.py`, `${folder}dspy-jobs.json`, url], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DSPY_CACHEDIR: `${folder}dspy-cache`, PYTHONWARNINGS: 'ignore' },
  })
  const complaints = []
  child.stderr.on('data', chunk => complaints.push(chunk))
  const rows = []
  for await (const line of createInterface({ input: child.stdout })) {
    rows.push(JSON.parse(line))
    tell('dspy', rows.at(-1))
  }
  if (rows.length <= known.length) console.error(Buffer.concat(complaints).toString('utf8').slice(-2000))
  return rows
}

/** Runs `work` against a simulated LM in a process of its own. */
async function withServer(work) {
  const child = spawn(process.execPath, [serverFile], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = await once(createInterface({ input: child.stdout }), 'line')
  try {
    return await work(url)
  } finally {
    child.kill()
  }
}

function pythonWithDspy() {
  return [process.env.DSPY_PYTHON, 'python3'].filter(Boolean).find(one => spawnSync(one, ['-c', 'import dspy']).status === 0)
}

function packageVersion() {
  return JSON.parse(readFileSync(`${root}package.json`, 'utf8')).version
}

function tell(side, row) {
  if (row.error) console.error(side, row.task, row.optimizer, row.seed, row.error)
  else if (row.optimizer) {
    const figures = ['baseline', 'val', 'test'].map(name => (100 * row[name]).toFixed(0)).join(' ')
    console.error(side, row.task, row.optimizer, row.seed, figures, row.calls)
  }
}

/** The tables between the marks are measured; the words around them are written by hand and stay. */
function writeBenchmarks(tables) {
  const path = `${root}docs/benchmarks.md`
  const before = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    before.replace(/(<!-- tables -->\n)[\s\S]*?(<!-- \/tables -->)/, (_all, start, end) => `${start}${tables}\n${end}`),
  )
}
