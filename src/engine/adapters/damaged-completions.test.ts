import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completionCases, type PromptCase } from '@/testing/arbitrary-prompts'
import { answerOf } from '@/testing/written-answer'
import { isEngineError } from '../base/errors'
import { adapterIds } from '../program/adapter-id'
import { coerceValue } from '../signature/check-value'
import type { Adapter } from './adapter'
import { adapters, exactAdapters } from './registry'

const tables = { 'as usual': adapters, 'to the letter': exactAdapters }
const count = 10_000

type Outcome = 'read' | 'refused' | 'wrong value' | 'text lost'

function outcomeOf(adapter: Adapter, { fields }: PromptCase, text: string): Outcome {
  try {
    const values = adapter.parse({ instructions: '', fields }, text)
    if (adapter.extraction) return values['text'] === text ? 'read' : 'text lost'
    const outputs = fields.filter(({ role }) => role === 'output')
    return outputs.every(({ name, type }) => coerceValue(type, values[name] ?? null).ok) ? 'read' : 'wrong value'
  } catch (error) {
    if (!isEngineError(error, 'adapter-parse')) throw error
    return error.facts['text'] === text ? 'refused' : 'text lost'
  }
}

describe.each(adapterIds.map(id => [id] as const))('damaged answers, %s', id => {
  it.each(Object.entries(tables))('are values of their types, or refused with the text kept: %s', { timeout: 300_000 }, (_name, table) => {
    const adapter = table[id]
    const seen: Record<Outcome, number> = { read: 0, refused: 0, 'wrong value': 0, 'text lost': 0 }
    const cases = completionCases(id, answerOf, 40)
    fc.assert(
      fc.property(cases, one => {
        for (const text of one.texts) seen[outcomeOf(adapter, one, text)] += 1
      }),
      { numRuns: count / 40 },
    )
    expect(seen).toMatchObject({ 'wrong value': 0, 'text lost': 0 })
    expect(seen.read + seen.refused).toBe(count)
    expect(seen.read).toBeGreaterThan(count / 10)
    // Plain words are read whatever they are, but for an empty answer.
    expect(seen.refused).toBeGreaterThan(adapter.extraction ? -1 : count / 20)
  })
})
