import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isEngineError } from '@/engine/base/errors'
import { TableError } from '@/lib/tabular/limits'
import { costlyReaders, foreignReaders } from './foreign-readers'
import { brokenTexts, hostileChunks, hostileTexts, nestedTexts, repeated } from './hostile-texts'
import { failureOf, isQuick, overlinear, type Reader } from './work-ratio'

const deepTexts = ['balanced braces', 'balanced brackets', 'nested objects', 'nested tags', 'nested types', 'open lists'].flatMap(
  kind => nestedTexts[kind] ?? [],
)

/** Came back, or failed with a sentence of ours. */
async function isTyped(read: Reader, text: string): Promise<boolean> {
  const error = await failureOf(read, text)
  return error === undefined || isEngineError(error) || error instanceof TableError
}

/** The tests of one share of the readers: files run side by side, and these are minutes of work. */
export function testReaders(share: number, of: number): void {
  const mine = <T>(readers: Readonly<Record<string, T>>): [string, T][] => Object.entries(readers).filter((_, at) => at % of === share)
  for (const [name, read] of mine(foreignReaders)) {
    it(`${name}: twice the text is about twice the work`, { timeout: 600_000 }, async () => {
      const faults: string[] = []
      for (const [kind, make] of Object.entries(hostileTexts)) {
        const fault = await overlinear(read, make)
        if (fault !== undefined) faults.push(`${kind}: ${fault}`)
        if (!(await isTyped(read, make(60_000)))) faults.push(`${kind}: not refused in words`)
      }
      expect(faults).toEqual([])
    })

    it(`${name}: so it is for texts of several pieces`, { timeout: 600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.constantFrom(...hostileChunks), { minLength: 2, maxLength: 5 }), async chunks => {
          const make = (length: number): string => repeated(chunks.join(''), length)
          expect(await overlinear(read, make)).toBeUndefined()
          expect(await isTyped(read, make(1_000))).toBe(true)
        }),
        { numRuns: 5, endOnFailure: true },
      )
    })

    it(`${name}: nor does a run that breaks off take more`, { timeout: 600_000 }, async () => {
      const faults: string[] = []
      for (const [kind, make] of brokenTexts) {
        if (await isQuick(read, make(4_000))) continue
        const fault = await overlinear(read, make)
        if (fault !== undefined) faults.push(`${kind}: ${fault}`)
      }
      expect(faults).toEqual([])
    })

    it(`${name}: nesting of 100,000 levels is read, or refused in words`, { timeout: 600_000 }, async () => {
      for (const make of deepTexts) expect(await isTyped(read, make(100_000))).toBe(true)
    })
  }

  for (const [name, read] of mine(costlyReaders)) {
    it(`${name}: a long text costs what its beginning costs`, { timeout: 600_000 }, async () => {
      for (const chunk of ['a\n', '"a\n', 'a: b ', "{'a': '", '1. ', '0', 'a ']) {
        const startedAt = performance.now()
        expect(await isTyped(read, repeated(chunk, 256 * 1024))).toBe(true)
        expect(performance.now() - startedAt).toBeLessThan(30_000)
      }
    })
  }
}
