import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { promptCases, type PromptCase } from '@/testing/arbitrary-prompts'
import { askDspyAdapters } from '@/testing/dspy-adapters'
import { dspyPython } from '@/testing/dspy-python'
import { probe, withoutWording, wordingOf, type Wording } from '@/testing/frame-wording'
import { plainMessages } from '../lm/parts'
import { adapterIds } from '../program/adapter-id'
import { exactAdapters } from './registry'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')
const perAdapter = 90

/** The setting that follows DSPy to the letter; what the others have otherwise stands in `deliberate-differences.test.ts`. */
describe.skipIf(!python)('prompts beside those of DSPy itself', () => {
  it('have the same markers, order, types and values around sentences of our own', { timeout: 300_000 }, () => {
    const seed = Date.now() % 2 ** 31
    process.stdout.write(`layouts: seed ${seed}\n`)
    const cases = adapterIds.flatMap(id => [{ ...probe, adapter: id }, ...fc.sample(promptCases(id), { numRuns: perAdapter, seed })])
    const answers = askDspyAdapters(
      python ?? '',
      cases.map(one => ({ ...one, texts: [] })),
    )
    const wordings = new Map<string, readonly [ours: Wording, theirs: Wording]>()
    const differing: unknown[] = []
    for (const [at, one] of cases.entries()) {
      const theirs = answers[at]?.messages ?? []
      if (at % (perAdapter + 1) === 0) wordings.set(one.adapter, [wordingOf(one.adapter, ours(one)), wordingOf(one.adapter, theirs)])
      const [own, their] = wordings.get(one.adapter) ?? []
      if (!own || !their) throw new Error('the probe comes first')
      const left = ours(one).map((message, i, all) => withoutWording(own, message, i === all.length - 1, one.fields))
      const right = theirs.map((message, i, all) => withoutWording(their, message, i === all.length - 1, one.fields))
      for (const [i, message] of left.entries())
        if (message !== right[i]) differing.push({ adapter: one.adapter, ours: message, theirs: right[i] })
      if (left.length !== right.length) differing.push({ adapter: one.adapter, ours: left.length, theirs: right.length })
    }
    expect(cases.length).toBeGreaterThanOrEqual(400)
    expect(differing.slice(0, 8), `seed ${seed}, ${differing.length} differ`).toEqual([])
  })
})

function ours({ adapter, fields, instructions, demos, inputs }: PromptCase) {
  return plainMessages(exactAdapters[adapter].format({ instructions, fields }, demos, inputs))
}
