import { mkdirSync, writeFileSync } from 'node:fs'
import { root } from './install.mjs'

/** What an entry needs at once is one file. */
const atOnce = { name: 'first', tags: ['$initial'], priority: 20 }
/** What writes prompts and reads answers, and what rests on it: on the page only the prompt's tab and exports do. */
const adapters =
  /engine[\\/](?:adapters[\\/](?!adapter-|format-value|file-places)|modules[\\/](?:prompt|predict|nearest-demos)\.ts)|src[\\/]export[\\/](?!is-dspy-state)|state[\\/]export[\\/](?:export-files|open-dspy)\.ts/
/** What only the methods of optimizers work with. The page asks optimizers for settings and estimates alone, so no screen needs it. */
const methods =
  /engine[\\/](?:optimizers[\\/]kit[\\/](?!bootstrap-(?:params|calls)|optimizer\.ts)|evaluate[\\/]evaluate\.ts|graph[\\/]plan\.ts)/
/** What only the screens of runs work with. Left to chance, a small part that they share with the canvas would bring all of it there. */
const runs =
  /src[\\/]studio[\\/]runs[\\/]kit[\\/]|state[\\/]runs[\\/](?:actions[\\/]run-(?:actions|record-commands)|rows-csv|applied|run-on-page)|lib[\\/]tabular[\\/]csv-text/
/** What changes a document. Left to chance, the gallery, which makes and copies whole ones, would load it with some small part. */
const edits = /state[\\/]document[\\/](?:edits[\\/]|graph-problems|unknown-kinds)/
/** How modules run. Each names its own file, which a row that comes to it asks for: one file for all is one request. */
const steps = /engine[\\/](?:modules[\\/](?:[\w-]+-run|call-tool|join-answers)|tools[\\/](?:call-http|json-path|mcp-client|reach))\.ts/
/** What is never shared: each has one user, however many name it. */
const own =
  /-compile\.ts|providers[\\/](?:sandbox[\\/](?!sandbox-(?:provider|model))|openai[\\/](?!hosts|endpoint-presets|openai-provider))/

/** Shared parts of the page's screens lie together by who uses them: a file for each set of users would be a hundred requests. */
export const pageChunks = {
  codeSplitting: {
    groups: [
      atOnce,
      { name: 'adapters', test: adapters, priority: 15, includeDependenciesRecursively: false },
      { name: 'methods', test: methods, priority: 15, includeDependenciesRecursively: false },
      { name: 'steps', test: steps, priority: 15, includeDependenciesRecursively: false },
      { name: 'edits', test: edits, priority: 15, minShareCount: 2, includeDependenciesRecursively: false },
      { name: 'runs', test: runs, priority: 15, minShareCount: 2, includeDependenciesRecursively: false },
      { name: 'shared', test: id => !own.test(id), minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 4_000 },
    ],
  },
  // The names of shared files list their users.
  chunkFileNames: ({ name }) => `assets/${name.split('~')[0]}-[hash].js`,
}

/** In the worker nearly every part works on the same engine, which is one file. */
export const workerChunks = {
  codeSplitting: {
    groups: [
      atOnce,
      { name: 'sdk', test: /node_modules[\\/]openai[\\/]/, priority: 15 },
      { name: 'steps', test: steps, priority: 15, includeDependenciesRecursively: false },
      { name: 'engine', test: id => !own.test(id), minShareCount: 2 },
    ],
  },
}

export const reportFile = `${root}node_modules/.cache/dspy-studio/chunks.json`
const chunks = {}

/**
 * Notes of each file of the build which modules it holds, and which files it needs at once and which later: what `size.mjs` holds
 * against the budgets. One for the page and one for its workers, which are built within it.
 */
export function chunkReport(part) {
  return {
    name: 'chunk-report',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        const { fileName, name, isEntry, imports, dynamicImports, modules } = chunk
        const inside = Object.keys(modules).map(id => (id.startsWith(root) ? id.slice(root.length) : id))
        chunks[fileName] = { part, name, isEntry, imports, dynamicImports, modules: inside }
      }
    },
    closeBundle() {
      if (part !== 'page') return
      mkdirSync(reportFile.slice(0, reportFile.lastIndexOf('/')), { recursive: true })
      writeFileSync(reportFile, JSON.stringify(chunks))
    },
  }
}
