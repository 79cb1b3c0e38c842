import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseSync } from 'vite'

interface Found {
  readonly file: string
  readonly pattern: string
  readonly flags: string
}

/**
 * The Sandbox looks at the first 16,000 characters of a prompt only, so what compares the parts of a text there may take some milliseconds.
 * It is no foreign text that the others read: `why` says whose it is.
 */
const bounded: readonly { readonly file: string; readonly pattern?: string; readonly why: string }[] = [
  { file: 'src/engine/providers/sandbox/', why: 'at most 16,000 characters of a prompt, see `charactersInSight`' },
  { file: 'src/engine/adapters/prompt/read-agent.ts', pattern: '\\s*[^\\s:]{1,40}:$', why: 'the last 50 characters' },
]

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(?:test|fixture)\./.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => !file.startsWith('src/testing/'))

function regexesOf(file: string): Found[] {
  const found: Found[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('regex' in node && typeof node.regex === 'object' && node.regex !== null) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string } // As the parser's types say.
      found.push({ file, pattern, flags })
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(parseSync(file, readFileSync(file, 'utf8')).program)
  return found
}

/** Letters and words that the pattern speaks of, and a few that any class may take: what its runs are made of. */
function piecesOf(pattern: string): string[] {
  const words = [...pattern.matchAll(/(?:\\[^pPdDsSwWbBkux0-9]|[^\\()[\]{}.*+?^$|]){1,12}/g)].map(([word]) =>
    word.replace(/\\(.)/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter),
  )
  return [...new Set(['a', '0', ' ', '\n', ...words, ...words.flatMap(word => Array.from(word))])].slice(0, 12)
}

/** Milliseconds that the pattern takes for a text; a sticky one only ever looks at one place. */
function msOf(pattern: RegExp, text: string): number {
  const startedAt = performance.now()
  text.replace(pattern, '')
  return performance.now() - startedAt
}

/**
 * What stands before a run and behind it. Something before it keeps `^x+` from taking the run at once, and what comes behind it makes `x+$`
 * fail: a sign that is in few classes, and a letter that is in many.
 */
function surroundings(pieces: readonly string[]): readonly (readonly [string, string])[] {
  const ends = ['\u0001', 'a']
  const starts = new Set(['', '\u0001', 'a', pieces[4] ?? ''])
  return [['', ''], ...[...starts].flatMap(before => ends.map(behind => [before, behind] as const))]
}

/** A text for which the pattern's work grows faster than the text does. */
function worstOf({ pattern, flags }: Found): string | undefined {
  if (!/[*+{]/.test(pattern)) return undefined
  const regex = new RegExp(pattern, /[gy]/.test(flags) ? flags : `${flags}g`)
  const pieces = piecesOf(pattern)
  const units = [...pieces, ...pieces.flatMap(a => pieces.flatMap(b => (a === b ? [] : [a + b])))]
  for (const unit of units) {
    for (const [before, behind] of surroundings(pieces)) {
      const make = (length: number): string => before + unit.repeat(Math.ceil(length / unit.length)) + behind
      const told = JSON.stringify(`${before}${unit}…${behind}`)
      // One that doubles its work with every letter is found before it hangs the test.
      for (const short of [16, 20, 24, 26, 28, 30, 32])
        if (msOf(regex, make(short)) > 200) return `${told}: more than 200 ms for ${short} characters`
      if (msOf(regex, make(4_000)) < 0.5) continue
      const least = (length: number): number => Math.min(...[0, 1, 2].map(() => msOf(regex, make(length))))
      const [once, thrice] = [least(4_000), least(12_000)]
      if (thrice > 5 && thrice > 5 * once) return `${told}: ${once.toFixed(1)} ms, and ${thrice.toFixed(1)} ms for three times as much`
    }
  }
  return undefined
}

const found = sources('src').flatMap(regexesOf)

it('finds the regular expressions of the source', () => {
  expect(found.length).toBeGreaterThan(400)
  expect(worstOf({ file: '', pattern: '\\s*$', flags: '' })).toContain('three times as much')
  expect(worstOf({ file: '', pattern: '^(a+)+$', flags: '' })).toContain('more than 200 ms')
  expect(worstOf({ file: '', pattern: '^\\d+\\.?\\d*$', flags: '' })).toContain('three times as much')
  expect(worstOf({ file: '', pattern: '^_+|_+$', flags: 'g' })).toContain('three times as much')
  expect(worstOf({ file: '', pattern: '^\\W*(?:none)?\\W*$', flags: 'i' })).toContain('three times as much')
  for (const { file, pattern } of bounded)
    expect(found.some(one => one.file.startsWith(file) && (pattern === undefined || one.pattern === pattern))).toBe(true)
})

it('has none whose work grows faster than the text it reads', { timeout: 300_000 }, () => {
  const read = found.filter(
    ({ file, pattern }) => !bounded.some(one => file.startsWith(one.file) && (one.pattern === undefined || one.pattern === pattern)),
  )
  const faults = read.flatMap(one => {
    const worst = worstOf(one)
    return worst === undefined ? [] : [`${one.file} /${one.pattern}/${one.flags} ${worst}`]
  })
  expect(faults).toEqual([])
})
