import { describe, expect, it } from 'vitest'
import { isEngineError } from '@/engine/base/errors'
import { pythonRandom } from '@/lib/rng'
import { TableError } from '@/lib/tabular/limits'
import { foreignReaders } from './foreign-readers'
import { generatedText, type GeneratedText } from './generated-texts'
import { failureOf, overlinear, type Reader } from './work-ratio'

const texts = Number(process.env['GENERATED_TEXTS'] ?? 10_000)
const megabyte = 1024 * 1024
/** Of processor time, for 1 MB: quick reading is taken as it is. What takes longer has to be linear, and no reader takes this long. */
const quickMs = 200
const mostMs = 5_000
/** How many of the texts that took longest are read again at 1 MB. */
const slowestKept = 1

const ofErrors = /error|refusal|page|wait that|words of/
const readers = Object.entries(foreignReaders)

interface Slow {
  readonly ms: number
  readonly text: GeneratedText
}

/** Reads every text with the readers in turn: each text meets one of them, and each reader its share of the texts. */
async function readAll(mine: readonly (readonly [string, Reader])[], seed: string) {
  const rng = pythonRandom(seed)
  const untyped: string[] = []
  const slowest = new Map<string, Slow[]>()
  for (let at = 0; at < texts; at += 1) {
    const text = generatedText(rng)
    const written = text.make(rng.random() < 0.5 ? 400 : 4_000)
    for (const step of [0, 1, 2]) {
      const [name, read] = mine[(at + step * 17) % mine.length] ?? ['', () => undefined]
      const startedAt = performance.now()
      const error = await failureOf(read, written)
      const ms = performance.now() - startedAt
      if (error !== undefined && !isEngineError(error) && !(error instanceof TableError))
        untyped.push(`${name}: ${text.name}: ${String(error)}`)
      const list = [...(slowest.get(name) ?? []), { ms, text }].toSorted((one, other) => other.ms - one.ms)
      slowest.set(name, list.slice(0, slowestKept))
    }
  }
  return { untyped, slowest }
}

async function cpuMs(read: Reader, text: string): Promise<number> {
  const before = process.cpuUsage()
  await failureOf(read, text)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

describe(`${texts} generated texts`, () => {
  for (const [kind, mine] of [
    ['error bodies', readers.filter(([name]) => ofErrors.test(name))],
    ['completions and files', readers.filter(([name]) => !ofErrors.test(name))],
  ] as const) {
    it(`as ${kind}: nothing but errors with words, and none that grows faster than its length`, { timeout: 900_000 }, async () => {
      const { untyped, slowest } = await readAll(mine, `${kind} 1`)
      expect(untyped).toEqual([])
      const late: string[] = []
      for (const [name, read] of mine) {
        for (const { text } of slowest.get(name) ?? []) {
          const ms = await cpuMs(read, text.make(megabyte / 8))
          if (ms < quickMs / 8) continue
          const fault = ms > mostMs / 8 ? `${ms.toFixed(0)} ms` : await overlinear(read, text.make)
          if (fault !== undefined) late.push(`${name}: ${text.name}: ${fault}`)
        }
      }
      expect(late).toEqual([])
    })
  }
})
