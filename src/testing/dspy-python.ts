import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const version = '3.3.1'

/**
 * A Python that has DSPy: the one named by `DSPY_PYTHON`, else an environment of its own outside of the project, made from PyPI the first
 * time. Undefined only where there is no Python at all; where one is there but DSPy cannot be had, it throws, since a test that is
 * skipped proves nothing.
 */
export function dspyPython(): string | undefined {
  const named = process.env['DSPY_PYTHON']
  if (named) return named
  const system = ['python3', 'python'].find(name => spawnSync(name, ['--version']).status === 0)
  if (system === undefined) return undefined
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const folder = join(cache, 'dspy-studio', `dspy-${version}`)
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (hasDspy(python)) return python
  // What an installation that was cut off left behind is no environment.
  rmSync(folder, { recursive: true, force: true })
  run(system, ['-m', 'venv', folder])
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `dspy==${version}`])
  if (!hasDspy(python)) throw new Error(`DSPy ${version} was installed into ${folder}, but cannot be imported.`)
  return python
}

function hasDspy(python: string): boolean {
  if (!existsSync(python)) return false
  const asked = spawnSync(python, ['-c', 'import dspy; print(dspy.__version__)'], { encoding: 'utf8' })
  return asked.status === 0 && asked.stdout.trim() === version
}

function run(command: string, parameters: readonly string[]): void {
  const { status, stderr } = spawnSync(command, parameters, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`"${command} ${parameters.join(' ')}" failed: ${stderr.slice(-2000)}`)
}
