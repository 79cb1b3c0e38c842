import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Installs the locked packages when they are missing or not the locked ones. Throws a sentence where that cannot be done safely. */
export function ensureInstalled(folder = root) {
  if (isInstalled(folder)) return
  // On stderr: what a command prints may be read by a program.
  console.error('Installing packages …')
  const install = words => {
    const { status, stderr } = spawnSync(npm, [...words, '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 2, 'pipe'],
      encoding: 'utf8',
      shell: process.platform === 'win32',
    })
    process.stderr.write(stderr ?? '')
    return { isDone: status === 0, said: stderr ?? '' }
  }
  const { isDone, said } = install(['ci'])
  if (isDone) return
  if (/\bEINTEGRITY\b/.test(said))
    throw new Error(
      'A package that was downloaded is not the one this version of DSPy Studio was built with: its checksum differs. Nothing was started. Run `npm cache clean --force` and try again; if it happens again, the registry sends changed packages.',
    )
  // A registry that does not carry the builds for other machines makes `npm ci` call the lock file out of step. Nothing else is a reason
  // to do without the lock.
  if (!/\bEUSAGE\b/.test(said) || !install(['install', '--no-package-lock']).isDone)
    throw new Error('The packages could not be installed. See what npm says above.')
}

/** Compares what npm noted of its last install with the lock file. Not by time: a checkout touches files that it does not change. */
function isInstalled(folder) {
  const [wanted, installed] = [join(folder, 'package-lock.json'), join(folder, 'node_modules/.package-lock.json')].map(readPackages)
  if (!installed) return false
  return Object.entries(wanted ?? {}).every(([path, { version, optional, dev, peer }]) => {
    if (path === '' || installed[path]?.version === version) return true
    // Builds for other machines, and what nobody but a missing peer asked for, are in the lock file alone.
    return !installed[path] && (optional || (peer && !dev))
  })
}

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined
}

/** Finds a browser for the tests, or installs one: Debian's package where apt works, else Playwright's download. */
export async function ensureBrowser() {
  const { findChromium } = await import('./chromium.mjs')
  if (findChromium()) return
  console.log('No Chrome or Chromium found: installing one for the tests …')
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: 'inherit' })
    if (findChromium()) return
  }
  const result = spawnSync('npx', ['playwright', 'install', 'chromium'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) throw new Error('No browser could be installed. Install Chrome or Chromium, or set CHROMIUM_PATH to one.')
}

/** The newest change below the given folders, in milliseconds since 1970. */
export async function newestChange(folders) {
  const { readdir, stat } = await import('node:fs/promises')
  let newest = 0
  for (const folder of folders) {
    if (!existsSync(folder)) continue
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) newest = Math.max(newest, (await stat(`${entry.parentPath}/${entry.name}`)).mtimeMs)
    }
  }
  return newest
}
