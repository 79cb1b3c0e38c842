import { describe, expect, it } from 'vitest'
import { field } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { scriptedLm, type Script } from '@/testing/scripted-lm'
import { exactAdapters } from '../adapters/registry'
import { twoStepAdapter } from '../adapters/two-step'
import { plainMessages } from '../lm/parts'
import type { SpanCall } from '../trace/span'
import { mostAgain, plannedRequests, predict, type PredictStep } from './predict'

const signature = {
  instructions: 'Sort it.\n  Well.',
  fields: [field('text', 'input'), field('n', 'output', { kind: 'int' }), field('why', 'output')],
}
const anyModel = { capabilities: { responseFormats: ['json_schema', 'json_object'] } } as const
const read = '[[ ## n ## ]]\n3\n\n[[ ## why ## ]]\nthree of them\n\n[[ ## completed ## ]]'

async function ask(task: Script, reader: Script | undefined, changes: Partial<PredictStep> = {}) {
  const formats = { responseFormats: ['json_schema', 'json_object'] } as const
  const [lm, other] = [scriptedLm(task, formats), scriptedLm(reader ?? [], formats)]
  const calls: SpanCall[] = []
  const step: PredictStep = {
    signature,
    demos: [],
    inputs: { text: 'x' },
    adapter: twoStepAdapter,
    jsonFallback: 'once',
    lm,
    model: toyModel,
    ...(reader && { extraction: { lm: other, model: { ...toyModel, id: 'small', model: 'small-1', settings: { temperature: 0 } } } }),
    call: { signal: new AbortController().signal, rollout: 4, purpose: 'row' },
    ...changes,
  }
  const outcome = await predict(step, call => calls.push(call)).then(
    values => ({ values, error: undefined }),
    (error: unknown) => ({ values: undefined, error }),
  )
  return { ...outcome, calls, asked: lm.requests, readBy: other.requests }
}

describe('asking in two steps', () => {
  it('asks in plain words first, and reads the outputs out of the answer with the model for it', async () => {
    const { values, calls, asked, readBy } = await ask(['There are three of them: 3.'], [read], { temperature: 1 })
    expect(values).toEqual({ n: 3, why: 'three of them' })
    expect(asked).toHaveLength(1)
    expect(
      plainMessages(asked[0]?.messages ?? [])
        .map(({ content }) => content)
        .join(),
    ).not.toContain('[[')
    expect(asked[0]?.settings).toMatchObject({ temperature: 1 })
    expect(readBy[0]).toMatchObject({ model: 'small-1', settings: { temperature: 0 } })
    expect(plainMessages(readBy[0]?.messages ?? []).at(-1)?.content).toContain('[[ ## text ## ]]\nThere are three of them: 3.')
    expect(calls.map(({ format, reads, again, model }) => [format, reads, again, model])).toEqual([
      ['two-step', undefined, undefined, toyModel.model],
      ['chat', true, undefined, 'small-1'],
    ])
  })

  it('has the answer read by the model that wrote it, where none is chosen for that', async () => {
    const { values, asked } = await ask(['Three.', read], undefined)
    expect(values).toEqual({ n: 3, why: 'three of them' })
    expect(asked).toHaveLength(2)
  })

  it('asks the second question again in JSON, and never the first', async () => {
    const { values, calls } = await ask(['Three.'], ['gibberish', '{"n": 3, "why": "so"}'])
    expect(values).toEqual({ n: 3, why: 'so' })
    expect(calls.map(({ format, reads, again }) => [format, reads, again])).toEqual([
      ['two-step', undefined, undefined],
      ['chat', true, undefined],
      ['json-schema', true, true],
    ])
  })

  it('fails with the first answer where the second cannot be read, and at once where the first is empty', async () => {
    const unread = await ask(['Three.'], ['gibberish', 'more of it'])
    expect(unread.error).toMatchObject({ code: 'adapter-parse', facts: { text: 'Three.', adapter: 'two-step' } })
    const empty = await ask([' '], [read])
    expect(empty.error).toMatchObject({ code: 'adapter-parse' })
    expect(empty.readBy).toHaveLength(0)
  })

  it('never asks again where the program says so', async () => {
    const { error, calls } = await ask(['Three.'], ['gibberish', read], { jsonFallback: 'never' })
    expect(error).toMatchObject({ code: 'adapter-parse' })
    expect(calls).toHaveLength(2)
    expect(mostAgain({ adapter: twoStepAdapter, jsonFallback: 'never', signature, lm: anyModel })).toBe(0)
    expect(mostAgain({ adapter: twoStepAdapter, jsonFallback: 'once', signature, lm: anyModel })).toBe(1)
  })

  it('keeps an output called text apart from the answer', async () => {
    const asked = { instructions: '', fields: [field('q', 'input'), field('text', 'output')] }
    const { values, readBy } = await ask(['It is a.'], ['[[ ## text ## ]]\na'], { signature: asked, inputs: { q: 'x' } })
    expect(values).toEqual({ text: 'a' })
    expect(plainMessages(readBy[0]?.messages ?? []).at(-1)?.content).toContain('[[ ## text_ ## ]]\nIt is a.')
  })

  it('shows both requests of a question, and what may follow', () => {
    const question = { adapter: exactAdapters['two-step'], jsonFallback: 'once', signature, lm: anyModel } as const
    const planned = plannedRequests(question, [{ text: 'a', n: 1 }], { text: 'x' })
    expect(planned.map(({ format, reads }) => [format, reads])).toEqual([
      ['two-step', undefined],
      ['chat', true],
      ['json-schema', undefined],
    ])
    const [system, , shown, asked] = plainMessages(planned[0]?.messages ?? []).map(({ content }) => content)
    expect(system).toContain('1. `n` (int): \n2. `why` (str):')
    expect(system?.endsWith('Sort it.\nWell.')).toBe(true)
    expect([shown, asked]).toEqual(['n: 1', 'text: x'])
  })
})
