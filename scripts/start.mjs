import { execFileSync, spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ensureInstalled, newestChange, root } from './install.mjs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`DSPy Studio needs Node 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

const flags = await orSay(
  () =>
    parseArgs({ options: { 'no-open': { type: 'boolean' }, host: { type: 'string' }, allow: { type: 'string', multiple: true } } }).values,
)
await orSay(() => ensureInstalled())
const built = `${root}dist/index.html`
if (!existsSync(built) || statSync(built).mtimeMs < (await newestChange([`${root}src`]))) {
  console.log('Building …')
  execFileSync(process.execPath, [`${root}scripts/build.mjs`, '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' })
}
const { serve } = await import('./serve.mjs')
const { host, allow } = flags
const { url } = await orSay(() => serve({ port: Number(process.env.PORT ?? 4173), ...(host && { host }), ...(allow && { allow }) }))
console.log(`\nDSPy Studio is ready: ${url}\nPress Ctrl+C to stop.`)
if (!flags['no-open'] && !process.env.CI) openInBrowser(url)

/** What keeps it from starting is a sentence, not a stack. */
async function orSay(work) {
  try {
    return await work()
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(1)
  }
}

function openInBrowser(address) {
  const [command, ...rest] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(command, [...rest, address], { stdio: 'ignore', detached: true })
  // Without a desktop there is nothing to open; the printed address is enough.
  child.on('error', () => {})
  child.unref()
}
