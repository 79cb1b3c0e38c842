import { pathToFileURL } from 'node:url'
import { ensureInstalled } from './install.mjs'

ensureInstalled()
const { bundleForNode } = await import('./bundle.mjs')
const { main } = await import(pathToFileURL(await bundleForNode('src/cli/main.ts', 'cli')).href)
process.exitCode = await main(process.argv.slice(2))
