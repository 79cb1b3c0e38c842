import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureInstalled, root } from './install.mjs'

// This version and another, taken in turns in one run: what the machine does meanwhile falls on both.
const rounds = 7
const [folder] = process.argv.slice(2)
if (folder === undefined || !existsSync(join(folder, 'scripts/bundle.mjs'))) {
  console.error('Name the folder of another version of DSPy Studio, with its packages installed: npm run bench:against -- FOLDER')
  process.exit(2)
}
ensureInstalled()
const versions = { other: `${resolve(folder)}/`, this: root }
const bundles = {}
for (const [name, at] of Object.entries(versions)) bundles[name] = await bundlesOf(at)

const record = mkdtempSync(join(tmpdir(), 'dspy-studio-against-'))
const measures = {
  '20,000 rows without a network': (_name, bundle) => inChild('evaluate', bundle.engine),
  'a run of 20,000 calls written to disk': (name, bundle) => {
    rmSync(join(record, name), { recursive: true, force: true })
    return inChild('record', bundle.replay, join(record, name))
  },
  'its replay from disk': name => replay(versions[name], join(record, name)),
}
try {
  for (const [title, measure] of Object.entries(measures)) {
    const seconds = { other: [], this: [] }
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, bundle] of Object.entries(bundles)) seconds[name].push(measure(name, bundle))
    }
    const [ours, others] = [median(seconds.this), median(seconds.other)]
    console.log(
      `${title}: ${(ours / others).toFixed(2)}  (${ours.toFixed(2)} s ÷ ${others.toFixed(2)} s of processor time, medians of ${rounds})`,
    )
  }
} finally {
  rmSync(record, { recursive: true, force: true })
}

async function bundlesOf(at) {
  const { bundleForNode } = await import(pathToFileURL(`${at}scripts/bundle.mjs`).href)
  return {
    engine: await bundleForNode('scripts/bench/engine.ts', 'bench-engine'),
    replay: await bundleForNode('scripts/bench/replay.ts', 'bench-replay'),
  }
}

/** The measured part alone is timed: each version compiles its own code in a process of its own. */
function inChild(what, bundle, target = '') {
  const work = {
    evaluate: 'await lib.evaluateRows(2000, 32, { lm: lib.instantLm }); mark(); await lib.evaluateRows(20_000, 32, { lm: lib.instantLm })',
    record: `mark(); await lib.recordRun(${JSON.stringify(target)}, 20_000)`,
  }[what]
  const source = `const lib = await import(${JSON.stringify(pathToFileURL(bundle).href)})
let from; const mark = () => { from = process.cpuUsage() }
${work}
const { user, system } = process.cpuUsage(from); console.log('seconds', (user + system) / 1e6); process.exit()`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' })
  const seconds = Number(/^seconds (.+)$/m.exec(stdout)?.[1])
  if (!Number.isFinite(seconds)) throw new Error(`${bundle} went wrong: ${stderr.slice(0, 1000)}`)
  return seconds
}

/** A whole process, as a user starts it. The shell tells what its child used. */
function replay(at, journal) {
  const script = `${at}scripts/cli.mjs`
  const { stdout, stderr } = spawnSync(
    '/bin/sh',
    ['-c', `"$@"; code=$?; times; exit $code`, 'sh', process.execPath, script, 'replay', '--journal', journal, '--json'],
    {
      encoding: 'utf8',
      maxBuffer: 1e9,
    },
  )
  const lines = stdout.trimEnd().split('\n')
  const report = JSON.parse(lines.slice(0, -2).join('\n') || 'null')
  if (!report?.isSame || report.calls !== 0) throw new Error(`the replay went wrong: ${stderr.slice(0, 1000)}`)
  return [...lines.at(-1).matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, rest]) => sum + 60 * Number(minutes) + Number(rest), 0)
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
}
