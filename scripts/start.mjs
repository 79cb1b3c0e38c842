import { execFileSync, spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { ensureInstalled, newestChange, root } from './install.mjs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`DSPy Studio needs Node 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

ensureInstalled()
const built = `${root}dist/index.html`
if (!existsSync(built) || statSync(built).mtimeMs < (await newestChange([`${root}src`]))) {
  console.log('Building …')
  execFileSync(process.execPath, [`${root}scripts/build.mjs`, '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' })
}
const { serve } = await import('./serve.mjs')
const { url } = await serve({ port: Number(process.env.PORT ?? 4173) })
console.log(`\nDSPy Studio is ready: ${url}\nPress Ctrl+C to stop.`)
if (!process.argv.includes('--no-open') && !process.env.CI) openInBrowser(url)

function openInBrowser(address) {
  const [command, ...rest] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(command, [...rest, address], { stdio: 'ignore', detached: true })
  // Without a desktop there is nothing to open; the printed address is enough.
  child.on('error', () => {})
  child.unref()
}
