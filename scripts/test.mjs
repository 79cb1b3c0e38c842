import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser, ensureInstalled, root } from './install.mjs'

// Every check of the project, cheapest first. All of them run even when one fails, and the last line counts them all.
ensureInstalled()
await ensureBrowser()

const bin = `${root}node_modules/.bin/`
const reports = mkdtempSync(join(tmpdir(), 'dspy-studio-'))
let passed = 0
let failed = 0

check('types', bin + 'tsc', ['-p', '.'])
check('types of the engine, without page or Node', bin + 'tsc', ['-p', 'src/engine'])
check('lint and floors', bin + 'oxlint', ['--deny-warnings', 'src', 'e2e', 'scripts'])
check('format', bin + 'oxfmt', ['--check', 'src', 'e2e', 'scripts'])
check('build', process.execPath, ['scripts/build.mjs', '--logLevel', 'warn'])
check('size budget', process.execPath, ['scripts/size.mjs'])
vitest('unit tests in Node', 'node')
vitest('tests in Chromium', 'browser')
playwright()

rmSync(reports, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

function run(title, command, parameters, environment = {}) {
  console.log(`\n== ${title}`)
  return spawnSync(command, parameters, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NO_COLOR: '1', ...environment },
    shell: process.platform === 'win32',
  }).status
}

function check(title, command, parameters) {
  if (run(title, command, parameters) === 0) passed += 1
  else failed += 1
}

function vitest(title, project) {
  const file = join(reports, `${project}.json`)
  const status = run(title, bin + 'vitest', [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  const report = readReport(file)
  count(title, status, report?.numPassedTests ?? 0, report?.numFailedTests ?? 0)
}

function playwright() {
  const file = join(reports, 'e2e.json')
  const status = run('end to end', bin + 'playwright', ['test', '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_NAME: file })
  const stats = readReport(file)?.stats
  count('end to end', status, (stats?.expected ?? 0) + (stats?.flaky ?? 0), stats?.unexpected ?? 0)
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
