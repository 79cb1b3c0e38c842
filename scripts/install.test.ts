import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const installer = new URL('install.mjs', import.meta.url).href

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dspy-studio-install-'))
  pack('dep')
  write('package.json', { name: 'studio', version: '1.0.0', dependencies: { dep: 'file:dep-1.0.0.tgz' } })
  npm('install', '--package-lock-only')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('installs what the lock file names', { timeout: 60_000 }, () => {
  expect(install()).toMatchObject({ status: 0 })
  expect(existsSync(join(folder, 'node_modules/dep/package.json'))).toBe(true)
})

it('installs without the lock file only where it is out of step', { timeout: 60_000 }, () => {
  pack('other')
  write('package.json', { name: 'studio', version: '1.0.0', dependencies: { dep: 'file:dep-1.0.0.tgz', other: 'file:other-1.0.0.tgz' } })
  expect(install()).toMatchObject({ status: 0 })
  expect(existsSync(join(folder, 'node_modules/other/package.json'))).toBe(true)
})

it('stops with a sentence, and installs nothing, where a package is another than the lock file says', { timeout: 60_000 }, () => {
  const lock = join(folder, 'package-lock.json')
  writeFileSync(lock, readFileSync(lock, 'utf8').replace(/sha512-[^"]+/, `sha512-${'A'.repeat(86)}==`))
  const { status, stderr } = install()
  expect(status).toBe(1)
  expect(stderr).toMatch(/its checksum differs\. Nothing was started\./)
  expect(existsSync(join(folder, 'node_modules/dep'))).toBe(false)
})

it('stops with a sentence where a package cannot be had', { timeout: 60_000 }, () => {
  rmSync(join(folder, 'dep-1.0.0.tgz'))
  npm('cache', 'clean', '--force')
  const { status, stderr } = install()
  expect(status).toBe(1)
  expect(stderr).toContain('The packages could not be installed. See what npm says above.')
})

function install() {
  const code = `const { ensureInstalled } = await import(${JSON.stringify(installer)})
    try { ensureInstalled(${JSON.stringify(folder)}) } catch (error) { console.error(error.message); process.exit(1) }`
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', env: environment() })
}

function npm(...words: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', [...words, '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8', env: environment() })
  if (status !== 0) throw new Error(stderr)
}

/** A cache of its own: what npm holds of other packages stays as it is. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, npm_config_cache: join(folder, '.npm'), npm_config_offline: 'true' }
}

function pack(name: string): void {
  mkdirSync(join(folder, name))
  write(`${name}/package.json`, { name, version: '1.0.0' })
  npm('pack', `./${name}`)
}

function write(path: string, content: object): void {
  writeFileSync(join(folder, path), JSON.stringify(content))
}
