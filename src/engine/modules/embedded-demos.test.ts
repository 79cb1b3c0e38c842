import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { toyModel } from '@/testing/toy-run'
import { EngineError } from '../base/errors'
import type { Demo } from '../program/program'
import { createBudget } from '../lm/sending/budget'
import { manualClock } from '@/testing/manual-clock'
import type { EmbedRequest, Lm } from '../lm/lm'
import { lmStack } from '../lm/sending/stack'
import { memoryCalls, testCall } from '@/testing/test-call'
import { type Vectors, encodeVectors } from '../lm/vectors'
import type { SpanCall } from '../trace/span'
import { nearestByEmbedding, textsPerRequest } from './embedded-demos'

type Script = (texts: readonly string[]) => { readonly text?: string; readonly vectors?: Vectors }

/** A text is its numbers: `1 0` lies where it says. */
const vectors: Script = texts => ({ vectors: encodeVectors(texts.map(text => text.split(' ').map(Number))) })
const usage = { inputTokens: 5, outputTokens: 0 }

function embedder(script: Script): Lm & { readonly requests: EmbedRequest[] } {
  const requests: EmbedRequest[] = []
  return {
    capabilities: { responseFormats: [] },
    requests,
    async generate(request) {
      if (request.kind !== 'embed') throw new Error('asked for words')
      requests.push(request)
      return { text: '', ...script(request.texts), finish: 'stop', usage, ms: 0, cached: false, attempts: 1 }
    },
  }
}

const demosAt = (...places: readonly string[]): readonly Demo[] => places.map((text, at) => ({ text, label: String(at) }))

function setUp(script: Script = vectors, budget = {}) {
  const provider = embedder(script)
  const clock = manualClock()
  const gate = createBudget(budget, clock)
  const calls = memoryCalls()
  const stack = () => lmStack({ connect: provider, calls, budget: gate, clock, rng: pythonRandom(1) })
  const recorded: { call: SpanCall; isAnswered: boolean }[] = []
  let lm = stack()
  return {
    provider,
    recorded,
    calls,
    gate,
    newRun: () => (lm = stack()),
    shown: async (demos: readonly Demo[], text: string, k = 2, rollout = 0) => {
      const embedder = {
        lm,
        model: toyModel,
        call: testCall({ rollout }),
        record: (call: SpanCall, isAnswered: boolean) => void recorded.push({ call, isAnswered }),
      }
      return (await nearestByEmbedding(demos, { k, inputs: { text }, names: ['text'] }, embedder)).map(demo => demos.indexOf(demo))
    },
  }
}

describe('demos picked by embeddings', () => {
  it('are those of the nearest direction, the most similar first', async () => {
    const { shown } = setUp()
    const demos = demosAt('1 0', '0 1', '5 5', '-1 0')
    expect(await shown(demos, '9 1', 3)).toEqual([0, 2, 1])
    expect(await shown(demos, '0 3', 1)).toEqual([1])
    expect(await shown(demos, '-1 0', 9)).toEqual([3, 1, 2, 0])
  })

  it('stand in the order of the pool where they are alike, and come last without a word', async () => {
    const { shown, provider } = setUp()
    expect(await shown(demosAt('2 2', ' ', '1 1', '', '4 4'), '3 3', 4)).toEqual([0, 2, 4, 1])
    expect(provider.requests.flatMap(({ texts }) => texts)).toEqual(['2 2', '1 1', '4 4', '3 3'])
  })

  it('take no request for an empty pool or an empty text', async () => {
    const { shown, provider } = setUp()
    expect(await shown([], '1 0')).toEqual([])
    expect(await shown(demosAt('1 0', '0 1', '1 1'), ' \n')).toEqual([0, 1])
    expect(provider.requests).toHaveLength(0)
  })

  it('ask for the pool once a run in equal pieces, and for each text once', async () => {
    const { shown, provider, recorded, newRun } = setUp()
    const demos = demosAt(...Array.from({ length: 2 * textsPerRequest + 1 }, (_, at) => `${at + 1} 1`))
    await Promise.all(['1 9', '9 1', '1 9'].map(text => shown(demos, text)))
    await shown(demos, '9 1', 2, 5)
    expect(provider.requests.map(({ texts }) => texts.length)).toEqual([textsPerRequest, textsPerRequest, 1, 1, 1])
    // The pool counts once for all rows, the text of each row for that row: the same at any concurrency.
    expect(recorded).toHaveLength(3 + 4)
    expect(new Set(recorded.map(({ call }) => call.format))).toEqual(new Set(['embedding']))
    newRun()
    await shown(demos, '1 9')
    expect(provider.requests).toHaveLength(5)
    expect(recorded.slice(7).map(({ call }) => call.cached)).toEqual([true, true, true, true])
  })

  it('count each piece of a pool once, also when another piece fails at first', async () => {
    let fails = 1
    const { shown, recorded } = setUp(texts => {
      if (texts.length === 1 && texts[0] === '33 1' && fails-- > 0) throw new EngineError('lm-server', 'Down.', { isRetryable: false })
      return vectors(texts)
    })
    const demos = demosAt(...Array.from({ length: textsPerRequest + 1 }, (_, at) => `${at + 1} 1`))
    await expect(shown(demos, '1 1')).rejects.toMatchObject({ code: 'lm-server' })
    expect(await shown(demos, '1 1', 1)).toEqual([0])
    expect(recorded.filter(({ isAnswered }) => !isAnswered)).toHaveLength(1)
    expect(recorded.filter(({ isAnswered }) => isAnswered)).toHaveLength(3)
  })

  it('set no room aside for an answer in tokens', async () => {
    const { shown, gate } = setUp(vectors, { maxTokens: 300 })
    expect(await shown(demosAt('1 0', '0 1'), '1 0', 1)).toEqual([0])
    expect(gate.spent.tokens).toBeLessThan(60)
    expect(gate.spent.calls).toBe(2)
  })

  it('are refused where pool and text have vectors of two lengths, or the answer is none', async () => {
    const { shown } = setUp()
    await expect(shown(demosAt('1 0 0'), '1 0')).rejects.toMatchObject({
      code: 'lm-bad-response',
      message: expect.stringMatching(/3 and of 2 numbers/),
    })
    const other = setUp(() => ({ text: 'I am a chat model.' }))
    await expect(other.shown(demosAt('1 0'), '1 0')).rejects.toMatchObject({ code: 'lm-bad-response' })
    expect(other.recorded).toMatchObject([{ isAnswered: true, call: { error: { code: 'lm-bad-response' } } }])
    const short = setUp(() => ({ vectors: encodeVectors([[1, 0]]) }))
    await expect(short.shown(demosAt('1 0', '0 1'), '1 0')).rejects.toMatchObject({
      message: expect.stringMatching(/1 vectors for 2 texts/),
    })
  })
})
