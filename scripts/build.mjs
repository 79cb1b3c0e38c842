import { execFileSync } from 'node:child_process'
import { ensureInstalled, root } from './install.mjs'

ensureInstalled()
const { buildRuntime } = await import('./bundle.mjs')
await buildRuntime()
execFileSync(process.execPath, [`${root}node_modules/vite/bin/vite.js`, 'build', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
