import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { root } from './install.mjs'

// What a first visit loads before it can be used, and what the engine's worker loads; gzip, in KB of 1,000 bytes.
const budgets = { firstPage: 260, worker: 200 }

/** Gzip sizes in KB of the first page's JavaScript (with all that it imports statically) and of the engine's worker. */
export function measure() {
  const html = readFileSync(`${root}dist/index.html`, 'utf8')
  const entries = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(match => match[1])
  const files = new Set()
  for (const entry of entries) collect(entry, files)
  const page = [...files].reduce((sum, file) => sum + gzipKb(file), 0)
  const all = [...files].map(file => readFileSync(`${root}dist/${file}`, 'utf8')).join('')
  const worker = /assets\/engine\.worker-[\w-]+\.js/.exec(all) ?? /engine\.worker-[\w-]+\.js/.exec(all)
  const workerFiles = new Set()
  if (worker) collect(worker[0].startsWith('assets/') ? worker[0] : `assets/${worker[0]}`, workerFiles)
  return { firstPage: page, worker: [...workerFiles].reduce((sum, file) => sum + gzipKb(file), 0) }
}

function collect(file, files) {
  // The exporter's templates hold import lines of other programs.
  if (files.has(file) || !existsSync(`${root}dist/${file}`)) return
  files.add(file)
  const text = readFileSync(`${root}dist/${file}`, 'utf8')
  for (const match of text.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([\w.-]+\.js)["']/g)) collect(`assets/${match[1]}`, files)
}

function gzipKb(file) {
  return gzipSync(readFileSync(`${root}dist/${file}`)).length / 1000
}

if (process.argv[1]?.endsWith('size.mjs')) {
  const sizes = measure()
  for (const [name, budget] of Object.entries(budgets)) {
    const size = sizes[name]
    console.log(`${name}: ${size.toFixed(1)} KB gzip of ${budget} KB`)
    if (size > budget || size === 0) process.exitCode = 1
  }
}
