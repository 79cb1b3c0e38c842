import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser, ensureInstalled, root } from './install.mjs'

// Every check of the project, cheapest first. All of them run even when one fails, and the last line counts them all.
ensureInstalled()
await ensureBrowser()

const bin = `${root}node_modules/.bin/`
const reports = mkdtempSync(join(tmpdir(), 'dspy-studio-'))
const env = { ...process.env, NO_COLOR: '1' }
const shell = process.platform === 'win32'
let passed = 0
let failed = 0

await check('types', bin + 'tsc', ['-p', '.'])
await check('types of the engine, without page or Node', bin + 'tsc', ['-p', 'src/engine'])
await check('lint and floors', bin + 'oxlint', ['--deny-warnings', 'src', 'e2e', 'scripts'])
await check('format', bin + 'oxfmt', ['--check', 'src', 'e2e', 'scripts'])
await check('build', process.execPath, ['scripts/build.mjs', '--logLevel', 'warn'])
await check('size budget', process.execPath, ['scripts/size.mjs'])
// End-to-end tests wait more than they compute, so the others run beside them; what they print comes after.
const endToEnd = startPlaywright()
// Many of these wait for clocks and servers, so two files at a time fit on two cores.
await vitest('unit tests of the engine', 'engine', '--maxWorkers=2')
await vitest('unit tests in Node', 'node', '--maxWorkers=2')
await vitest('tests in Chromium', 'browser')
await endToEnd.finish()

rmSync(reports, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

function run(title, command, parameters) {
  console.log(`\n== ${title}`)
  return endOf(spawn(command, parameters, { cwd: root, stdio: 'inherit', env, shell }))
}

/** The exit code, or why there is none. */
function endOf(child) {
  return new Promise(resolve => {
    child.on('error', error => resolve(error.message))
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
}

async function check(title, command, parameters) {
  if ((await run(title, command, parameters)) === 0) passed += 1
  else failed += 1
}

async function vitest(title, project, ...more) {
  const file = join(reports, `${project}.json`)
  const status = await run(title, bin + 'vitest', [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...more,
  ])
  const report = readReport(file)
  count(title, status, report?.numPassedTests ?? 0, report?.numFailedTests ?? 0)
}

function startPlaywright() {
  const file = join(reports, 'e2e.json')
  const child = spawn(bin + 'playwright', ['test', '--reporter=list,json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    shell,
  })
  const printed = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', piece => printed.push(piece))
  const ended = endOf(child)
  return {
    async finish() {
      const status = await ended
      console.log('\n== end to end')
      process.stdout.write(Buffer.concat(printed))
      const stats = readReport(file)?.stats
      if (stats?.flaky > 0) console.log(`end to end: ${stats.flaky} of these passed only when tried again`)
      count('end to end', status, (stats?.expected ?? 0) + (stats?.flaky ?? 0), stats?.unexpected ?? 0)
    },
  }
}

/** A runner that ends badly without a failed test (a crash, an error outside of tests) counts as one failure. */
function count(title, status, good, bad) {
  passed += good
  failed += bad
  if (bad === 0 && (status !== 0 || good === 0)) {
    console.log(`${title}: the runner ended with ${status} after ${good} tests`)
    failed += 1
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
