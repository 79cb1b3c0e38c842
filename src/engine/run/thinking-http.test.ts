import { afterEach, describe, expect, it, test } from 'vitest'
import type { FakeOpenAi, FakeReply } from '../../../e2e/fake-openai'
import { fastClock } from '@/testing/fast-clock'
import { httpPorts, overHttp } from '@/testing/http-run'
import { memoryDisk } from '@/testing/memory-ports'
import { oneStep } from '@/testing/toy-programs'
import { finish, toyRun } from '@/testing/toy-run'
import { startToyServer, toyAnswer } from '@/testing/toy-server'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const thought = 'Layout:\n[[ ## reasoning ## ]]\n{reasoning}\n[[ ## label ## ]]\nred SECRET\n```\nold SECRET\n```\nI am sure.'
const message = (fields: unknown): FakeReply => ({ body: { choices: [{ index: 0, finish_reason: 'stop', message: fields }] }, usage: null })
const stream = (...deltas: readonly unknown[]): FakeReply => ({
  body: `${deltas.map(delta => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`).join('')}data: [DONE]\n\n`,
})

/** How servers hand over what a model thought before it answered. */
const styles: readonly (readonly [string, (text: string) => FakeReply])[] = [
  ['tags', text => ({ text: `<think>\n${thought}\n</think>\n\n${text}` })],
  ['a closing tag alone', text => ({ text: `${thought}\n</think>\n\n${text}` })],
  [
    'a part of its own',
    text =>
      message({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: thought }] },
          { type: 'text', text },
        ],
      }),
  ],
  ['a field of its own', text => message({ content: text, reasoning_content: thought })],
  ['a stream', text => stream({ reasoning: thought }, { content: text.slice(0, 9) }, { content: text.slice(9) })],
]

const optimizers = [
  ['bootstrap-few-shot', { max_labeled_demos: 0, max_bootstrapped_demos: 3 }],
  ['copro', { breadth: 3, depth: 1 }],
  ['gepa', { auto: 'manual', max_metric_calls: 60 }],
] as const

describe.each(optimizers)('a model that thinks aloud, compiled with %s', (id, params) => {
  const run = toyRun({ program: oneStep('chain-of-thought'), optimizer: { id, params }, train: 12, val: 8 })

  it('comes to the same end as one that does not', { timeout: 60_000 }, async () => {
    server = await startToyServer()
    const quiet = await finish(overHttp(run, server.url), httpPorts())
    await server.close()
    for (const [style, wrap] of styles) {
      server = await startToyServer({ answer: async request => wrap(await toyAnswer(request)) })
      const disk = memoryDisk()
      const outcome = await finish(overHttp(run, server.url), httpPorts({ disk }))
      await server.close()
      expect({ style, status: outcome.status, state: outcome.result?.best?.state }).toEqual({
        style,
        status: quiet.status,
        state: quiet.result?.best?.state,
      })
      expect(JSON.stringify([disk.events, [...disk.rollouts.values()]])).not.toContain('SECRET')
      expect([...disk.calls.values()].every(({ response }) => response.parts?.[0]?.type === 'reasoning')).toBe(true)
    }
  })
})

test('answers cut at the token limit, or broken off, are told on their rows and in the totals', async () => {
  let count = 0
  server = await startToyServer({
    answer: async request => {
      const text = await toyAnswer(request)
      count += 1
      if (/1003/.test(request.messages.at(-1)?.content ?? '')) return { text, finishReason: 'error' }
      return count % 2 === 0 ? { text, finishReason: 'length' } : { text }
    },
  })
  const run = toyRun({ kind: 'evaluate', val: 8, maxErrors: 20, concurrency: 1 })
  const disk = memoryDisk()
  const outcome = await finish(overHttp(run, server.url), httpPorts({ disk, clock: fastClock(100) }))
  const rollouts = [...disk.rollouts.values()].map(({ rollout }) => rollout)
  const cut = rollouts.filter(({ error }) => error?.code === 'lm-cut')
  expect(cut.length).toBeGreaterThan(2)
  expect(cut.every(({ score, prediction }) => score === 0 && prediction === undefined)).toBe(true)
  expect(cut.flatMap(({ trace }) => trace.flatMap(span => span.calls.map(call => call.finish)))).toEqual(cut.map(() => 'length'))
  expect(outcome.totals).toMatchObject({ cutAnswers: cut.length, answered: rollouts.length - 1 })
  expect(rollouts.filter(({ score }) => score === null)).toMatchObject([{ error: { code: 'lm-bad-response' } }])
})
