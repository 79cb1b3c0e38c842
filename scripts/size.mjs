import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { reportFile } from './chunks.mjs'
import { root } from './install.mjs'

// Budgets in KB of 1,000 bytes, gzip: what holds a visit up before it can do anything, and what it waits for later.

/** Files that are loaded together, by name, with all that they need at once. Screens count with the first page. */
const loads = {
  firstPage: { part: 'page', names: ['index'], budget: 225 },
  gallery: { part: 'page', names: ['index', 'gallery-screen'], budget: 320 },
  canvas: { part: 'page', names: ['index', 'project-frame', 'canvas-screen', 'inspector-pane'], budget: 470 },
  worker: { part: 'worker', names: ['engine.worker'], budget: 60 },
  code: { part: 'worker', names: ['code.worker'], budget: 20 },
  // All that the worker loads for a compile with GEPA on the Sandbox.
  compile: {
    part: 'worker',
    names: ['engine.worker', 'services', 'runs', 'estimates', 'preparations', 'gepa-compile', 'sandbox-lm'],
    budget: 260,
  },
}

/** One file that is loaded on use. Above the common budget are the engine and libraries that come as a whole. */
const chunkBudget = 36
const chunkBudgets = { 'code-mirror': 160, 'canvas-screen': 75, engine: 160, exports: 52, sdk: 40, 'sandbox-lm': 50 }

/** Not part of a first load: by which modules each is known. */
const heavy = {
  'the OpenAI SDK': /node_modules\/openai\//,
  'the methods of optimizers': /src\/engine\/optimizers\/.+-compile\.ts$/,
  'the Sandbox model': /src\/engine\/providers\/sandbox\/(?!sandbox-(?:provider|model)\.ts)/,
  QuickJS: /quickjs/,
  'the repair of JSON': /src\/engine\/adapters\/repair-json\.ts/,
  'the readers of tables': /src\/lib\/tabular\//,
  'the layout of graphs': /node_modules\/@dagrejs\//,
  'the code editor': /node_modules\/@codemirror\//,
}
const lightLoads = ['firstPage', 'gallery', 'canvas', 'worker']

/** What the build noted of its files, and their sizes. Throws where there is no build. */
export function readBuild(folder = `${root}dist/`) {
  if (!existsSync(reportFile)) throw new Error('There is no build to measure. Run `npm run build` first.')
  const chunks = JSON.parse(readFileSync(reportFile, 'utf8'))
  return { chunks, sizes: new Map(Object.keys(chunks).map(file => [file, gzipSync(readFileSync(folder + file)).length / 1000])) }
}

/** The files of a load. Throws for a name that no file of the build has. */
function filesOf(chunks, { part, names }) {
  const files = new Set()
  const collect = file => {
    if (files.has(file) || chunks[file] === undefined) return
    files.add(file)
    chunks[file].imports.forEach(collect)
  }
  for (const name of names) {
    const found = Object.keys(chunks).find(file => chunks[file].part === part && chunks[file].name === name)
    if (found === undefined) throw new Error(`The build has no file "${name}" for the ${part}: correct scripts/size.mjs.`)
    collect(found)
  }
  return [...files]
}

/** Gzip sizes of the loads, in KB. */
export function measure({ chunks, sizes } = readBuild()) {
  const sizeOf = load => filesOf(chunks, load).reduce((sum, file) => sum + sizes.get(file), 0)
  return Object.fromEntries(Object.entries(loads).map(([name, load]) => [name, sizeOf(load)]))
}

/** Every budget that is passed and every heavy part in a first load, as sentences. */
export function faultsOf(build) {
  const { chunks, sizes } = build
  const faults = []
  for (const [name, size] of Object.entries(measure(build))) {
    const { budget } = loads[name]
    if (size > budget) faults.push(`${name} takes ${size.toFixed(1)} KB, its budget is ${budget} KB.`)
  }
  for (const [what, pattern] of Object.entries(heavy)) {
    for (const name of lightLoads) {
      const found = filesOf(chunks, loads[name])
        .flatMap(file => chunks[file].modules)
        .find(module => pattern.test(module))
      if (found) faults.push(`${name} loads ${what} at once (${found}): load it on use.`)
    }
    // A pattern that is found nowhere guards nothing.
    if (!Object.values(chunks).some(({ modules }) => modules.some(module => pattern.test(module))))
      faults.push(`No file of the build holds ${what}: correct scripts/size.mjs.`)
  }
  for (const [file, { name, isEntry }] of Object.entries(chunks)) {
    const budget = chunkBudgets[name] ?? chunkBudget
    if (!isEntry && sizes.get(file) > budget) faults.push(`${file} takes ${sizes.get(file).toFixed(1)} KB, its budget is ${budget} KB.`)
  }
  return faults
}

if (process.argv[1]?.endsWith('size.mjs')) {
  const build = readBuild()
  for (const [name, size] of Object.entries(measure(build))) {
    console.log(`${name}: ${size.toFixed(1)} KB of ${loads[name].budget} KB in ${filesOf(build.chunks, loads[name]).length} files`)
  }
  const faults = faultsOf(build)
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
}
