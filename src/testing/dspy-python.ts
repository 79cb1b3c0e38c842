import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, relative } from 'node:path'

/** State files and programs are held to the first, prompts that the first could not write to the second. */
export type DspyVersion = '3.3.1' | '3.4.1'

/**
 * A Python that has DSPy of that version: the one named by `DSPY_PYTHON` where it has it, else an environment of its own outside of the
 * project, made from PyPI the first time. Undefined only where there is no Python at all, on a machine of somebody's own; where one is there but
 * DSPy cannot be had, and on CI, it throws, since a test that is skipped proves nothing.
 */
export function dspyPython(version: DspyVersion = '3.3.1'): string | undefined {
  const named = process.env['DSPY_PYTHON']
  if (named && hasDspy(named, version)) return named
  const system = ['python3', 'python'].find(name => spawnSync(name, ['--version']).status === 0)
  if (system === undefined) {
    if (process.env['CI'] || process.env['DSPY_REQUIRED'])
      throw new Error('There is no Python here, which the tests against DSPy need: install python3 with venv.')
    return undefined
  }
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const folder = join(cache, 'dspy-studio', `dspy-${version}`)
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (hasDspy(python, version)) return python
  // Made whole beside its place and then put there: two tests may begin at once, and an installation that is cut off leaves none.
  mkdirSync(dirname(folder), { recursive: true })
  const making = mkdtempSync(`${folder}-`)
  try {
    run(system, ['-m', 'venv', making])
    const own = join(making, relative(folder, python))
    run(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `dspy==${version}`])
    if (!hasDspy(own, version)) throw new Error(`DSPy ${version} was installed into ${making}, but cannot be imported.`)
    if (!hasDspy(python, version)) {
      rmSync(folder, { recursive: true, force: true })
      renameSync(making, folder)
    }
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return python
}

/** A Python that has DSPy 3.4.1 and QuickJS; undefined where `dspyPython` is. */
export function packagePython(): string | undefined {
  const python = dspyPython('3.4.1')
  if (python === undefined) return undefined
  if (spawnSync(python, ['-c', 'import quickjs']).status === 0) return python
  const { status, stderr } = spawnSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'quickjs==1.19.4'], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`QuickJS for Python could not be installed: ${stderr.slice(-2000)}`)
  return python
}

function hasDspy(python: string, version: DspyVersion): boolean {
  if (isAbsolute(python) && !existsSync(python)) return false
  const asked = spawnSync(python, ['-c', 'import dspy; print(dspy.__version__)'], { encoding: 'utf8' })
  return asked.status === 0 && asked.stdout.trim() === version
}

function run(command: string, parameters: readonly string[]): void {
  const { status, stderr } = spawnSync(command, parameters, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`"${command} ${parameters.join(' ')}" failed: ${stderr.slice(-2000)}`)
}
