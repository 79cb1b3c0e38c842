import { describe, expect, it } from 'vitest'
import { faultsOf, measure, type Build, type BuiltChunk } from './size.mjs'

/** A build in which everything heavy is loaded on use, one KB a file; `changes` plants a fault. */
function build(changes: Readonly<Record<string, Partial<BuiltChunk>>> = {}, sizes: Readonly<Record<string, number>> = {}): Build {
  const entry = (part: BuiltChunk['part'], name: string): [string, BuiltChunk] => [
    `assets/${name}.js`,
    { part, name, isEntry: true, imports: [], modules: [] },
  ]
  const later = (part: BuiltChunk['part'], name: string, ...modules: string[]): [string, BuiltChunk] => [
    `assets/${name}.js`,
    { part, name, isEntry: false, imports: [], modules },
  ]
  const chunks = Object.fromEntries([
    entry('page', 'index'),
    later('page', 'gallery-screen'),
    later('page', 'project-frame'),
    later('page', 'canvas-screen'),
    later('page', 'inspector-pane'),
    later('page', 'layout', 'node_modules/@dagrejs/dagre/dist/dagre.esm.js'),
    later('page', 'code-mirror', 'node_modules/@codemirror/view/dist/index.js'),
    entry('worker', 'engine.worker'),
    entry('worker', 'code.worker'),
    later('worker', 'services'),
    later('worker', 'runs'),
    later('worker', 'estimates'),
    later('worker', 'preparations'),
    later('worker', 'quickjs', 'src/engine/user-code/quickjs.ts'),
    later('worker', 'engine', 'src/engine/adapters/repair-json.ts'),
    later('worker', 'sdk', 'node_modules/openai/client.mjs'),
    later('worker', 'imports', 'src/lib/tabular/csv.ts'),
    later('worker', 'gepa-compile', 'src/engine/optimizers/gepa/gepa-compile.ts'),
    later('worker', 'sandbox-lm', 'src/engine/providers/sandbox/sandbox-lm.ts'),
  ])
  for (const [name, change] of Object.entries(changes)) Object.assign(chunks[`assets/${name}.js`] ?? {}, change)
  return { chunks, sizes: new Map(Object.keys(chunks).map(file => [file, sizes[file] ?? 1])) }
}

describe('the check of sizes', () => {
  it('adds up what a load needs at once, each file once, and nothing that comes later', () => {
    const shared: Partial<BuiltChunk> = { imports: ['assets/gallery-screen.js', 'assets/index.js'] }
    expect(measure(build({ index: { imports: ['assets/layout.js'] }, 'gallery-screen': shared }))).toMatchObject({
      firstPage: 2,
      gallery: 3,
      worker: 1,
      compile: 7,
    })
    expect(faultsOf(build())).toEqual([])
  })

  it('finds a heavy part that came into a first load by way of another file', () => {
    const faults = faultsOf(build({ 'engine.worker': { imports: ['assets/services.js'] }, services: { imports: ['assets/sdk.js'] } }))
    expect(faults).toEqual(['worker loads the OpenAI SDK at once (node_modules/openai/client.mjs): load it on use.'])
  })

  it('finds a first load and a file loaded on use that are too large', () => {
    expect(faultsOf(build({}, { 'assets/engine.worker.js': 61 }))).toEqual(['worker takes 61.0 KB, its budget is 60 KB.'])
    expect(faultsOf(build({}, { 'assets/layout.js': 37 }))).toEqual(['assets/layout.js takes 37.0 KB, its budget is 36 KB.'])
  })

  it('does not pass where what it looks for has another name by now', () => {
    expect(faultsOf(build({ sdk: { modules: ['node_modules/openai-next/client.mjs'] } }))).toEqual([
      'No file of the build holds the OpenAI SDK: correct scripts/size.mjs.',
    ])
    expect(() => measure(build({ runs: { name: 'running' } }))).toThrow('no file "runs"')
  })
})
