import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completionCases } from '@/testing/arbitrary-prompts'
import { answerOf } from '@/testing/written-answer'
import { isEngineError } from '../base/errors'
import { adapterIds } from '../program/adapter-id'
import { coerceValue } from '../signature/check-value'
import { adapters, exactAdapters } from './registry'

const tables = { 'as usual': adapters, 'to the letter': exactAdapters }
const count = 10_000

describe.each(adapterIds.map(id => [id] as const))('damaged answers, %s', id => {
  it.each(Object.entries(tables))('are values of their types, or refused with the text kept: %s', { timeout: 300_000 }, (_name, table) => {
    const seen = { read: 0, refused: 0 }
    const cases = completionCases(id, answerOf, 40)
    fc.assert(
      fc.property(cases, ({ fields, texts }) => {
        const outputs = fields.filter(({ role }) => role === 'output')
        for (const text of texts) {
          try {
            const values = table[id].parse({ instructions: '', fields }, text)
            seen.read += 1
            if (table[id].extraction) expect(values).toEqual({ text })
            else for (const { name, type } of outputs) expect(coerceValue(type, values[name] ?? null), name).toMatchObject({ ok: true })
          } catch (error) {
            if (!isEngineError(error, 'adapter-parse')) throw error
            seen.refused += 1
            expect(error.facts['text']).toBe(text)
          }
        }
      }),
      { numRuns: count / 40 },
    )
    expect(seen.read + seen.refused).toBe(count)
    expect(seen.read).toBeGreaterThan(count / 10)
    if (!table[id].extraction) expect(seen.refused).toBeGreaterThan(count / 20)
  })
})
