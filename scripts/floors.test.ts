import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Each line is a file with one fault, planted in a house of empty rooms. */
const faults: Record<string, string> = {
  'src/engine/upward.ts': `import { a } from '../storage/fine'\nexport const b = a`,
  'src/lib/upward.ts': `export * from '@/engine/fine'`,
  'src/storage/sideways.ts': `import { a } from '@/export/fine'\nexport const b = a`,
  'src/studio/data/neighbour.ts': `import { a } from '../canvas/fine'\nexport const b = a`,
  'src/state/dynamic.ts': `export const b = () => import('@/app/fine')`,
  'src/engine/lm/upward.ts': `import type { A } from '../run/fine'\nexport type B = A`,
  'src/engine/trace/sideways.ts': `export { a } from '../adapters/fine'`,
  'src/engine/base/root.ts': `export { a } from '../fine'`,
  'src/engine/cellar/unknown.ts': `export { a } from '../base/fine'`,
  'src/state/session/upward.ts': `export { a } from '../runs/fine'`,
  'src/worker/types-count-too.ts': `import type { A } from '@/state/fine'\nexport type B = A`,
  'src/engine/react-room.ts': `import { a } from '@/ui/fine'\nexport const b = a`,
  'src/app/fakes.ts': `import { a } from '@/testing/fine'\nexport const b = a`,
  'src/export/keys.ts': `import { a } from '@/storage/secrets'\nexport const b = a`,
  'src/engine/luck.ts': `export const b = Math.random()`,
  'src/engine/time.ts': `export const b = Date.now()`,
  'src/state/late.ts': `export async function f(store: { setState(next: object): void }) {\n  await Promise.resolve()\n  store.setState({})\n}`,
  'src/studio/canvas/late.ts': `export const f = (load: () => Promise<number>, store: { setState(next: number): void }) => void load().then(store.setState)`,
  'src/lib/cycle-a.ts': `import type { B } from './cycle-b'\nexport type A = B | 1`,
}
const fine: Record<string, string> = {
  'src/app/fine.ts': `import { a } from '@/studio/canvas/fine'\nexport const b = a`,
  'src/studio/canvas/fine.ts': `import { a } from '@/state/fine'\nexport { a }`,
  'src/state/in-turn.ts': `export async function f(store: { setState(next: object): void }, take: (use: () => void) => () => void) {\n  store.setState({})\n  await Promise.resolve()\n  take(() => store.setState({}))()\n}`,
  'src/state/fine.ts': `export { a } from '../engine/fine'\nexport type A = 1`,
  'src/worker/keys.ts': `export { a } from '@/storage/secrets'`,
  'src/engine/base/fine.ts': `export const a = 1`,
  'src/engine/adapters/fine.ts': `export { a } from '../base/fine'`,
  'src/engine/run/fine.ts': `export { a } from '../adapters/fine'\nexport type A = 1`,
  'src/engine/root.ts': `export { a } from './run/fine'`,
  'src/state/runs/fine.ts': `export { a } from '@/engine/run/fine'`,
  'src/engine/fine.ts': `export const a = 1`,
  'src/engine/fine.test.ts': `import { a } from '@/testing/fine'\nexport const b = a`,
  'src/testing/fine.ts': `export const a = 1`,
  'src/storage/fine.ts': `export const a = 1`,
  'src/storage/secrets.ts': `export const a = 1`,
  'src/export/fine.ts': `export const a = 1`,
  'src/ui/fine.ts': `export const a = 1`,
  'src/lib/cycle-b.ts': `import type { A } from './cycle-a'\nexport type B = A | 2`,
}

let root = ''
let reported: string[] = []

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'floors-'))
  for (const [path, text] of Object.entries({ ...faults, ...fine })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const project = resolve(import.meta.dirname, '..')
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions: { paths: { '@/*': ['./src/*'] } }, include: ['src'] }))
  const output = lint(project)
  reported = [...new Set(output.diagnostics.map(diagnostic => diagnostic.filename))].sort()
}, 60_000)

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The linter loads our rules in threads of its own, which a busy machine may refuse it: then it prints a sentence in place of a report. */
function lint(project: string, tries = 3): { diagnostics: { filename: string }[] } {
  try {
    return lintOnce(project)
  } catch (error) {
    if (tries > 1 && error instanceof SyntaxError) return lint(project, tries - 1)
    throw error
  }
}

function lintOnce(project: string): { diagnostics: { filename: string }[] } {
  // Overrides match paths below the config's own folder, so the house gets a copy.
  const config = readFileSync(join(project, '.oxlintrc.json'), 'utf8').replaceAll('./.oxlint/', `${project}/.oxlint/`)
  writeFileSync(join(root, '.oxlintrc.json'), config)
  const oxlint = join(project, 'node_modules/.bin/oxlint')
  try {
    return JSON.parse(
      execFileSync(oxlint, ['-c', '.oxlintrc.json', '--tsconfig', 'tsconfig.json', '--format', 'json', 'src'], {
        cwd: root,
        encoding: 'utf8',
      }),
    )
  } catch (error) {
    // A lint run with findings exits with 1 and still prints them.
    return JSON.parse((error as { stdout: string }).stdout)
  }
}

test.each(Object.keys(faults))('the lint run reports the planted fault in %s', path => {
  expect(reported).toContain(path)
})

test('the lint run reports nothing else', () => {
  const expected = new Set([...Object.keys(faults), 'src/lib/cycle-b.ts'])
  expect(reported.filter(path => !expected.has(path))).toEqual([])
})
