import { describe, expect, it } from 'vitest'
import { parseTypeName } from '../signature/parse-type-name'
import { decisionsOf, type Decision, type DecisionSettings } from '../signature/decisions/decision'
import type { Span } from '../trace/span'
import { decidedRows, flips, positionOf, type DecidedRow } from './decided-rows'

function decision(type: string, settings: DecisionSettings = {}): Decision {
  const field = { id: 'o', name: 'o', role: 'output' as const, type: parseTypeName(type), desc: 'd' }
  const [found] = decisionsOf({ fields: [field] }, { o: settings })
  if (!found) throw new Error(`${type} is a decision`)
  return found
}

describe('rows that a run decided', () => {
  it('are those in which the predictor said something of the output, by its last answer that could be read', () => {
    const call = { key: 'k', format: 'chat', model: 'm', cached: false, attempts: 1, usage: { inputTokens: 1, outputTokens: 1 }, ms: 1 }
    const span: Span = { node: 'n', predictor: 'n', name: 'N', inputs: {}, calls: [], ms: 1 }
    const trace: Span[] = [
      { ...span, calls: [call, { ...call, evidence: { o: { noul: 0.7 } } }] },
      { ...span, predictor: 'other', calls: [{ ...call, evidence: { o: { noul: 0.1 } } }] },
      { ...span, discarded: true, calls: [{ ...call, evidence: { o: { noul: 0.2 } } }] },
    ]
    const rollouts = [
      { exampleId: 'a', trace },
      { exampleId: 'b', trace: [{ ...span, calls: [call] }] },
    ]
    const examples = new Map([['a', { id: 'a', inputs: {}, labels: { o: true } }]])
    expect(decidedRows(rollouts, { predictor: 'n', output: 'o' }, examples)).toEqual([
      { exampleId: 'a', evidence: { noul: 0.7 }, label: true },
    ])
  })

  it('flip where another threshold decides otherwise, and say whether that is right', () => {
    const rows: DecidedRow[] = [
      { exampleId: 'a', evidence: { noul: 0.6 }, label: true },
      { exampleId: 'b', evidence: { noul: 0.65 }, label: { confidence: 1, value: false } },
      { exampleId: 'c', evidence: { noul: 0.55 } },
      { exampleId: 'd', evidence: { noul: 0.9 }, label: true },
    ]
    const found = flips(rows, decision('Noul'), decision('Noul', { threshold: 0.8 }))
    expect(found.map(({ row, before, now, verdict }) => [row.exampleId, before, now, verdict])).toEqual([
      ['a', 'True', 'False', 'broken'],
      ['b', 'True', 'False', 'fixed'],
      ['c', 'True', 'False', undefined],
    ])
    // An answer alone is no other answer.
    expect(flips(rows, decision('Noul'), decision('Annotated[bool, Noul]'))).toEqual([])
  })

  it('compare a score by its level, and tell where nothing can be decided', () => {
    const probabilities = { '0': 0.1, '1': 0.2, '2': 0.7 }
    const rows: DecidedRow[] = [
      { exampleId: 'a', evidence: { probabilities, confidence: 1 }, label: 1 },
      { exampleId: 'b', evidence: { probabilities: { '0': 0, '1': 0, '2': 0 }, confidence: 1 } },
    ]
    const type = "Score['x', 'y', 'z']"
    expect(flips(rows, decision(type), decision(type, { cuts: [0.5, 1.7] }))).toMatchObject([{ before: '2', now: '1', verdict: 'fixed' }])
    const choice = decision("Choice[('a', 'A'), ('b', 'B')]", { weights: { b: 0 } })
    const row = { exampleId: 'a', evidence: { probabilities: { a: 0, b: 1 }, confidence: 1 } }
    expect(flips([row], decision("Choice[('a', 'A'), ('b', 'B')]"), choice)).toEqual([{ row, before: 'b' }])
  })

  it('lie on the scale on which they flip', () => {
    expect(positionOf(decision('Noul'), { noul: 0.3 })).toBe(0.3)
    expect(positionOf(decision("Score['x', 'y', 'z']"), { probabilities: { '0': 0, '1': 1, '2': 3 } })).toBe(1.75)
    const evidence = { probabilities: { a: 0.2, b: 0.6, c: 0.2 } }
    const of = (option: string) => positionOf(decision("Choice[('a', ''), ('b', ''), ('c', '')]", { weights: { c: 2 } }), evidence, option)
    expect([of('a'), of('b')]).toEqual([expect.closeTo(3), expect.closeTo(2 / 3)])
    expect(positionOf(decision("Literal['a', 'b']"), { probabilities: { a: 0, b: 1 } }, 'a')).toBeUndefined()
  })
})
