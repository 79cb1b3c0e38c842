import { describe, expect, it } from 'vitest'
import { adapters, judgeAdapter } from '@/engine/adapters/registry'
import { adapterIds } from '@/engine/program/adapter-id'
import type { Values } from '@/engine/base/example'
import { bindMetric } from '@/engine/metrics/registry'
import type { Score } from '@/engine/metrics/metric'
import { ask, signature } from './ask.fixture'

const runner = { load: () => Promise.reject(new Error('no code here')), dispose: () => undefined }
const inputs = { message: 'I was charged twice this month and want my money back.' }

/** What the rubric judge makes of an answer when the Sandbox is the judge. */
async function judged(prediction: Values, params: Values = {}, labels: Values = {}, adapter = adapters.chat): Promise<Score> {
  const metric = await bindMetric({ kind: 'rubric-judge', params }, { runner })
  const asks = async (...[asked, shown, options]: Parameters<NonNullable<Parameters<typeof metric>[0]['ask']>>) =>
    ask(asked, shown, { adapter, rollout: options?.sample ?? 0 })
  return metric({ example: { id: 'r', inputs, labels }, prediction, ask: asks })
}

describe('the Sandbox as a judge', () => {
  it('grades by agreement with what is expected, in every adapter and on every scale', async () => {
    for (const id of adapterIds) {
      const adapter = judgeAdapter({ adapter: id })
      for (const scale of ['1-5', '0-10', '0-100', 'pass-fail']) {
        const grade = async (category: string) => (await judged({ category }, { scale }, { category: 'billing' }, adapter)).value
        expect([id, scale, await grade('billing'), await grade('technical')]).toEqual([id, scale, 1, 0])
      }
    }
  })

  it('gives a part of the marks for a text that shares words, and for one of two outputs', async () => {
    const labels = { summary: 'The customer was charged twice and asks for a refund.' }
    const near = await judged({ summary: 'The customer was charged twice.' }, { scale: '0-10' }, labels)
    expect(near.value).toBeGreaterThan(0.3)
    expect(near.value).toBeLessThan(1)
    const both = { category: 'billing', urgent: 'yes' }
    expect((await judged({ category: 'billing', urgent: 'no' }, { scale: '0-10' }, both)).value).toBe(0.5)
  })

  it('names in its reasons what was expected and what came instead', async () => {
    const { feedback } = await judged({ category: 'technical' }, {}, { category: 'billing' })
    expect(feedback).toContain('Expected "billing" as category, got "technical".')
  })

  it('goes by what the inputs and the criteria support where nothing is expected', async () => {
    const grade = async (reply: string) => (await judged({ reply }, { scale: '0-10', criteria: 'It speaks of a refund.' })).value
    expect(await grade('You were charged twice: your money comes back as a refund.')).toBeGreaterThan(
      await grade('Our office in Lisbon has wonderful sunsets.'),
    )
    expect(await grade('')).toBe(0)
  })

  it('grades nothing but what asks for a grade of an answer', () => {
    const rating = ask(signature('review: str -> rating: int', 'How many stars?'), { review: 'Great, 5 stars!' })
    expect(rating['rating']).toBe(5)
    const shown = ask(
      signature('answer: str -> verdict: bool', 'Is it polite?'),
      { answer: 'Please.' },
      {
        demos: [
          { answer: 'Go away.', verdict: false },
          { answer: 'Thank you, please come in.', verdict: true },
        ],
      },
    )
    expect(typeof shown['verdict']).toBe('boolean')
  })
})
