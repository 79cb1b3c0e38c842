import { afterEach, describe, expect, it } from 'vitest'
import type { FakeOpenAi, FakeOpenAiOptions } from '../../../e2e/fake-openai'
import { refusing, type Quirk } from '../../../e2e/fake-quirks'
import { oneStep } from '@/testing/toy-programs'
import { httpPorts, overHttp } from '@/testing/http-run'
import { memoryDisk } from '@/testing/memory-ports'
import { start, toyRun, type ToyRun } from '@/testing/toy-run'
import { startToyServer } from '@/testing/toy-server'
import type { StreamEvent } from '../modules/stream-event'
import type { RunBatch } from './base/ports'

const words = 'It is the first word of a long list of words, each with a meaning of its own. '.repeat(6).trim()
const chat = `[[ ## reasoning ## ]]\n${words}\n\n[[ ## label ## ]]\nred\n\n[[ ## completed ## ]]`
const json = JSON.stringify({ reasoning: words, label: 'red' })

let servers: FakeOpenAi[] = []
afterEach(async () => {
  for (const server of servers) await server.close()
  servers = []
})

async function serve(options: FakeOpenAiOptions): Promise<FakeOpenAi> {
  const server = await startToyServer({ answer: () => chat, ...options })
  servers.push(server)
  return server
}

/** One row through a step that thinks aloud. */
function oneRow({ url }: FakeOpenAi, stream: ToyRun['spec']['stream']): ToyRun {
  return overHttp(toyRun({ kind: 'row', program: oneStep('chain-of-thought'), train: 0, val: 1, ...(stream && { stream }) }), url)
}

function eventsIn(batches: readonly RunBatch[]): readonly StreamEvent[] {
  return batches.flatMap(({ meters }) => meters.flatMap(meter => (meter.type === 'stream' ? [meter.event] : [])))
}

/** What whoever watches has in front of them in the end. */
function shown(events: readonly StreamEvent[]): Record<string, string> {
  let values: Record<string, string> = {}
  for (const event of events) {
    if (event.type === 'begin') values = {}
    else if (event.type === 'field') values[event.field] = (values[event.field] ?? '') + event.text
    else if (event.type === 'replace') values[event.field] = event.text
    else if (event.type === 'reasoning') values['(thoughts)'] = (values['(thoughts)'] ?? '') + event.text
  }
  return values
}

async function run(server: FakeOpenAi, stream: ToyRun['spec']['stream'], disk = memoryDisk()) {
  const handle = start(oneRow(server, stream), httpPorts({ disk }))
  const outcome = await handle.done
  return { outcome, events: eventsIn(handle.batches), disk }
}

describe('a row whose outputs are watched', () => {
  it('shows them while they are written, and comes to what an unwatched one comes to', async () => {
    const usage = { prompt_tokens: 210, completion_tokens: 120 }
    const server = await serve({ pieceMs: 4, answer: () => ({ text: chat, usage }) })
    const plain = await run(server, undefined)
    const watched = await run(server, { fields: 'all' })
    expect(plain.events).toEqual([])
    expect(watched.events.filter(({ type }) => type === 'field').length).toBeGreaterThan(2)
    expect(shown(watched.events)).toEqual({ reasoning: words, label: 'red' })
    expect(watched.outcome.result).toEqual(plain.outcome.result)
    expect(watched.outcome.digest).toBe(plain.outcome.digest)
    expect(watched.outcome.totals).toEqual(plain.outcome.totals)
    expect([...watched.disk.calls.values()].map(({ key, response }) => [key, response.text, response.usage])).toEqual(
      [...plain.disk.calls.values()].map(({ key, response }) => [key, response.text, response.usage]),
    )
  })

  it('is repeated from the record without a request, and shows nothing on the way', async () => {
    const server = await serve({})
    const { disk, outcome } = await run(server, { fields: 'all' })
    const again = await run(server, { fields: 'all' }, { ...memoryDisk(), calls: disk.calls })
    expect(server.count).toBe(1)
    expect(again.events).toEqual([])
    expect(again.outcome.result).toEqual(outcome.result)
  })

  it('shows only the outputs that are chosen, and asks for whole answers where none is', async () => {
    const server = await serve({})
    expect(shown((await run(server, { fields: ['label'] })).events)).toEqual({ label: 'red' })
    expect((await run(server, { fields: ['other'] })).events).toEqual([])
    expect(server.requests.map(({ body }) => body['stream'])).toEqual([true, false])
  })

  it('shows the thoughts of the model apart', async () => {
    const server = await serve({ answer: () => `<think>Let me see.</think>\n${chat}` })
    const { events, outcome } = await run(server, { fields: 'all' })
    expect(shown(events)).toEqual({ '(thoughts)': 'Let me see.', reasoning: words, label: 'red' })
    expect(outcome.result?.prediction).toEqual({ label: 'red' })
  })

  it('starts anew with an answer that is asked for again', async () => {
    const server = await serve({ answer: ({ body }) => (body['response_format'] ? json : 'It is hard to say.') })
    const { events } = await run(server, { fields: 'all' })
    expect(events.filter(({ type }) => type === 'begin')).toHaveLength(2)
    expect(shown(events)).toEqual({ reasoning: words, label: 'red' })
  })

  it.each<Quirk>(['stream_options', 'stream'])('learns that a model takes no %s, and gets the answer all the same', async quirk => {
    const server = await serve({ answer: refusing([quirk], () => chat) })
    const { outcome, disk } = await run(server, { fields: 'all' })
    expect(outcome.result?.prediction).toEqual({ label: 'red' })
    expect(disk.events.flatMap(event => (event.type === 'model-facts' ? event.refused : []))).toEqual([quirk])
    expect(server.count).toBe(2)
  })

  it('that is cancelled in the middle ends the request, and says what of it is known', async () => {
    const server = await serve({ pieceMs: 20 })
    const disk = memoryDisk()
    const handle = start(oneRow(server, { fields: 'all' }), httpPorts({ disk }))
    while (shown(eventsIn(handle.batches))['reasoning'] === undefined) await new Promise(resolve => setTimeout(resolve, 5))
    handle.command('cancel')
    const outcome = await handle.done
    const events = eventsIn(handle.batches)
    expect(events.at(-1)).toEqual({ type: 'cut' })
    expect(words.startsWith(shown(events)['reasoning'] ?? '-')).toBe(true)
    expect(outcome).toMatchObject({ status: 'cancelled', totals: { calls: 1, cutAnswers: 1, answered: 0, failedCalls: 0 } })
    expect(outcome.sentence).toMatch(/^Cancelled while an answer came/)
    expect(outcome.totals.outputTokens).toBeGreaterThan(0)
    expect(outcome.totals.cost).toBeGreaterThan(0)
    expect([...disk.runCalls.values()]).toMatchObject([{ cut: true, unsettled: true, attempts: 1, usage: { estimated: true } }])
    expect(disk.calls.size).toBe(0)
    expect(disk.rollouts.size).toBe(0)
    const later = await run(server, { fields: 'all' }, disk)
    expect(later.outcome.result?.prediction).toEqual({ label: 'red' })
    expect([...disk.runCalls.values()]).toMatchObject([{ usage: { outputTokens: expect.any(Number) } }])
    expect([...disk.runCalls.values()][0]).not.toHaveProperty('cut')
  })
})
