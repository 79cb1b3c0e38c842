import { pathToFileURL } from 'node:url'
import { ensureInstalled } from './install.mjs'

ensureInstalled()
const { bundleForNode, buildRuntime } = await import('./bundle.mjs')
// The exported engine is a file of its own; it is built when the export asks for it and it is older than its sources.
if (process.argv[2] === 'export' && process.argv.includes('typescript')) await buildRuntime()
const { main } = await import(pathToFileURL(await bundleForNode('src/cli/main.ts', 'cli')).href)
process.exitCode = await main(process.argv.slice(2))
