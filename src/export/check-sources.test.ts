import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAst } from 'vite'
import { userSources } from '@/engine/graph/user-sources'
import type { ModuleChecker } from '@/engine/user-code/code-runner'
import type { Program } from '@/engine/program/program'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import { codeProgram } from '@/testing/code-program'
import { oneStep } from '@/testing/toy-programs'
import { checkSources } from './check-sources'
import { codeModule } from './code-module'

const withCode = (source: string): Program => {
  const { graph, state } = codeProgram()
  return { graph: { ...graph, nodes: graph.nodes.map(node => (node.kind === 'code' ? { ...node, source } : node)) }, state }
}
const withReward = (reward: string): Program => oneStep('best-of-n', {}, { module: 'predict', N: 2, reward })

describe('user code that goes into code.js', () => {
  it.each([
    ['a body', 'return { loud: "a", size: 1 }'],
    ['comments and braces in texts', 'const a = "}), evil(), (" // }\n/* }} */ return { loud: a, size: `}${1}`.length }'],
    ['signs that begin a comment in old scripts', 'let size = 3\nwhile (size --> 1) ;\nreturn { loud: "<!-- a -->", size }'],
    ['a function declared twice', 'function a() { return 1 }\nfunction a() { return 2 }\nreturn { loud: "a", size: a() }'],
    ['a regular expression behind a block', 'if (inputs.text) { }\n/a/.test(inputs.text)\nreturn { loud: "a", size: 1 }'],
    ['a comment at its end', 'return { loud: "a", size: 1 } // done'],
  ])('may be %s', async (_name, source) => {
    const runner = await createQuickJsRunner()
    await expect(checkSources(withCode(source).graph, runner)).resolves.toBeUndefined()
    runner.dispose()
  })

  it.each([
    ['goes on behind what looks like a regular expression', '}\n/(globalThis.owned = 1)/i, function () { return {} '],
    ['is no strict code', 'with (inputs) return { loud: a, size: 1 }'],
    ['calls a variable what a module has another use for', 'const await = 1\nreturn { loud: "a", size: await }'],
    ['goes on outside of its function', 'return {} }, evil: (globalThis.owned = 1), more() {'],
    ['closes its function and calls another', '}), globalThis.owned = 1, (function () {'],
    ['closes a block as well', '}}), globalThis.owned = 1, (function () { if (1) {'],
    ['does not compile', 'return {'],
  ])('is refused where it %s', async (_name, source) => {
    const runner = await createQuickJsRunner()
    await expect(checkSources(withCode(source).graph, runner)).rejects.toMatchObject({ code: 'code-failed' })
    runner.dispose()
  })

  it('takes a reward that is one function, and no other', async () => {
    const runner = await createQuickJsRunner()
    for (const good of ['() => 1', '(inputs, outputs) => 1;\n', 'function reward() { return 1 }'])
      await expect(checkSources(withReward(good).graph, runner)).resolves.toBeUndefined()
    for (const bad of ['() => 1), globalThis.owned = 1, (() => 1', 'const half = 0.5\nfunction reward() { return half }', '() =>'])
      await expect(checkSources(withReward(bad).graph, runner)).rejects.toMatchObject({ code: 'code-failed' })
    runner.dispose()
  })
})

describe('code that tries to get out of its function', () => {
  let runner: ModuleChecker
  beforeAll(async () => {
    runner = await createQuickJsRunner()
  })
  afterAll(() => runner.dispose())

  /** Whether it may be written; where it may, nothing of it runs while the file that it stands in is loaded. */
  const isWritten = async ({ graph }: Program): Promise<boolean> => {
    const isTaken = await checkSources(graph, runner).then(
      () => true,
      () => false,
    )
    if (!isTaken) return false
    const text = codeModule(userSources(graph))
    const loaded: { code: Record<string, unknown> } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)
    expect(Object.keys(loaded.code)).toEqual(userSources(graph).map(({ id }) => id))
    expect(globalThis).not.toHaveProperty('owned')
    parseAst(text)
    return true
  }
  const evil = '(globalThis.owned = 1)'
  const oneOf = (parts: readonly string[]) => fc.constantFrom(...parts)
  const brackets = ['}', ')', ']', '})', '}}', '}]', '{', '(', '[']
  const signs = [',', ';', ':', '.', '?.', '=>', '=', '==', '...', '!', '~', '++', '#!', '#', '@', '/', '/i', '/[', '\\', '\\u006e']
  const texts = ['/*', '*/', '//', '<!--', '-->', '`', '${', "'", '"', '</script>', '\n', '\u2028', '\u2029', '\ufeff', '\u180e']
  const words = [
    'return ',
    'await ',
    'yield ',
    'async ',
    'function () {',
    'function* () {',
    'class {',
    'static {',
    'if (1) ',
    'else ',
    'do ',
  ]
  const moreWords = [
    'try {',
    '} catch {',
    '} finally {',
    'switch (0) {',
    'default: ',
    'a: ',
    'break a',
    'let a',
    'var a',
    'x',
    '1',
    '() => ',
  ]
  const others = ['"x": ', 'get y() {', 'import(', 'export ', 'import "node:fs"', 'new ', 'delete ', 'in ', 'of ', '[', '/*']
  const wanted = [evil, `x: ${evil}`, `[${evil}]: 1`, `\n/${evil}/i`]
  const soup = fc
    .array(oneOf([...brackets, ...signs, ...texts, ...words, ...moreWords, ...others, ...wanted]), { minLength: 1, maxLength: 7 })
    .map(parts => parts.join(''))
  const out = oneOf([
    '',
    '}',
    '})',
    '}}',
    ')',
    '))',
    '])',
    '1)',
    '() => 1)',
    '() => {}',
    '{})',
    '*/',
    '`',
    '}`',
    '/ 1)',
    "')",
    '--></script>',
  ])
  const seam = oneOf([
    ', ',
    '; ',
    '\n',
    '\n/',
    ' / ',
    ', x: ',
    ', [',
    '() {',
    '\u2028',
    '//\u2029',
    '/**/',
    '\n<!--\n',
    '\n-->\n',
    '?.(',
    ' || ',
  ])
  const back = oneOf([
    '',
    '{',
    '({',
    ' function () {',
    ' function () { return {} ',
    'y() {',
    'y: function () {',
    '(',
    '(() => 1',
    '[',
    '/*',
  ])
  const wayOut = fc.tuple(out, seam, oneOf([evil, `${evil}/i`, `x: ${evil}`]), seam, back).map(parts => parts.join(''))
  const pointed = fc
    .tuple(
      fc.constantFrom('}', '})', ')', '}}', 'return {}}', '() => 1)', '{}'),
      fc.constantFrom(
        `\n/${evil}/i, `,
        `\n/${evil}/.x, `,
        `, x: ${evil}, `,
        `; ${evil}; `,
        `, ${evil}, `,
        `\n[${evil}], `,
        `, [${evil}]: 1, `,
      ),
      fc.constantFrom(' function () { return {} ', 'y: function () {', 'y() {', '(function () {', '(() => 1', '{', ''),
    )
    .map(parts => parts.join(''))
  const attack = fc.oneof(
    { arbitrary: pointed, weight: 4 },
    wayOut,
    soup,
    fc.tuple(wayOut, soup).map(parts => parts.join('')),
    fc.tuple(soup, wayOut).map(parts => parts.join('')),
  )

  it('never runs when the file is loaded: a body', { timeout: 300_000 }, async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(attack, oneOf(['', 'return {}', 'return {}\n', 'return {} // ']), async (source, front) => {
        if (await isWritten(withCode(front + source))) count += 1
      }),
      { numRuns: 600 },
    )
    expect(count).toBeGreaterThan(5)
  })

  it('never runs when the file is loaded: an expression', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(attack, oneOf(['', '() => 1', '() => 1 // ', `${evil}, () => 1`]), async (source, front) => {
        await isWritten(withReward(front + source))
      }),
      { numRuns: 600 },
    )
    expect(await isWritten(withReward(`(${evil}, () => 1)`))).toBe(true)
    expect(await isWritten(withReward('(() => { let n = 0; return () => n++ })()'))).toBe(true)
  })

  it('cannot declare again what the check declares, however it is spelled', async () => {
    expect(await isWritten(withCode('}, x: EVIL(), y: function () { let \\u0061a = 1'))).toBe(false)
  })
})
