import { existsSync, mkdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { newestChange, root } from './install.mjs'

const cache = `${root}node_modules/.cache/dspy-studio/`
const alias = { '@': `${root}src` }

/**
 * The engine as exported programs carry it: one file whose only import is `./client.js`, which hands on the `openai` package.
 * In the studio's own copy of the folder `client.js` is that package, bundled, so that the very same engine.js runs there.
 */
export async function buildRuntime(outFolder = `${root}public/runtime`) {
  const { build } = await import('esbuild')
  mkdirSync(outFolder, { recursive: true })
  await build({
    entryPoints: [`${root}src/engine/runtime.ts`],
    outfile: `${outFolder}/engine.js`,
    bundle: true,
    format: 'esm',
    target: 'es2023',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    alias,
    legalComments: 'none',
    plugins: [
      {
        name: 'client',
        setup(build) {
          build.onResolve({ filter: /^openai$/ }, () => ({ path: './client.js', external: true }))
        },
      },
    ],
    logLevel: 'warning',
  })
  // What runs code that a model wrote, for the programs that do.
  await build({
    entryPoints: [`${root}src/engine/user-code/quickjs.ts`],
    outfile: `${outFolder}/sandbox.js`,
    bundle: true,
    format: 'esm',
    target: 'es2023',
    platform: 'neutral',
    packages: 'external',
    alias,
    legalComments: 'none',
    logLevel: 'warning',
  })
  await buildRules(outFolder)
  await build({
    stdin: { contents: `export { OpenAI as default, OpenAI } from 'openai'\nexport * from 'openai'`, resolveDir: root },
    outfile: `${outFolder}/client.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    platform: 'browser',
    logLevel: 'warning',
  })
}

/** The rules of comparison for exported Python, where QuickJS is of an older make. */
export async function buildRules(outFolder) {
  const { build } = await import('esbuild')
  await build({
    entryPoints: [`${root}src/export/python/rules.ts`],
    outfile: `${outFolder}/rules.js`,
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'rules',
    target: 'es2020',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    alias,
    legalComments: 'none',
    logLevel: 'warning',
  })
}

/** Bundles a Node entry into the package cache when a source is newer, and returns the bundle's path. */
export async function bundleForNode(entry, name) {
  // User code runs in a thread, whose file lies beside the bundle that starts it.
  if (name !== 'code-thread') await bundleForNode('src/cli/code-thread.ts', 'code-thread')
  const outfile = `${cache}${name}.mjs`
  const newest = await newestChange([`${root}src`, `${root}scripts/bench`, `${root}scripts/old-version`, `${root}e2e`])
  if (existsSync(outfile) && statSync(outfile).mtimeMs > newest) return outfile
  const { build } = await import('esbuild')
  mkdirSync(cache, { recursive: true })
  // Renamed into place: a process killed in the middle, or two at once, leave no half bundle for the next one.
  const draft = `${outfile}.${process.pid}.mjs`
  const startedAt = new Date()
  await build({
    entryPoints: [`${root}${entry}`],
    outfile: draft,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias,
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  // As old as the sources it read: what changes while it is built must count as newer.
  utimesSync(draft, startedAt, startedAt)
  renameSync(draft, outfile)
  return outfile
}

export function writeText(path, text) {
  mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true })
  writeFileSync(path, text)
}
