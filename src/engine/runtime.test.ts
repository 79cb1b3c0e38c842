import { afterEach, describe, expect, it } from 'vitest'
import { toBase64 } from '@/lib/base64'
import { look, pictureOf, pictures } from '@/testing/toy-pictures'
import { oneStep, toyLabelOf, twoSteps } from '@/testing/toy-programs'
import { startFakeOpenAi, type FakeOpenAi } from '../../e2e/fake-openai'
import { listBlobEntries } from './blobs/blob-entry'
import type { ModelSpec } from './lm/lm'
import { createProgram, type ProgramDefinition, type StreamedEvent } from './runtime'

const servers: FakeOpenAi[] = []
afterEach(() => Promise.all(servers.splice(0).map(server => server.close())))

async function modelAtItsOwnServer(id: string): Promise<{ readonly model: ModelSpec; readonly server: FakeOpenAi }> {
  const server = await startFakeOpenAi()
  servers.push(server)
  return { server, model: { id, label: id, provider: 'openai-compatible', model: id, baseUrl: server.url, settings: {} } }
}

describe('an exported program', () => {
  it('hands a key to the address of its task model and to no other', async () => {
    const [task, other] = [await modelAtItsOwnServer('task'), await modelAtItsOwnServer('other')]
    const definition: ProgramDefinition = {
      format: 'dspy-studio-program',
      program: twoSteps({ extract: { instructions: 'Find the word.', demos: [], lm: 'other' } }),
      models: { task: task.model, overrides: { other: other.model } },
    }
    const inputs = { text: 'order 1 for item zorp' }
    await createProgram(definition, { apiKey: 'for-the-task-model' })(inputs)
    expect(other.server.requests.map(({ keyHash }) => keyHash)).toEqual([undefined])
    expect(task.server.requests.map(({ keyHash }) => keyHash)).toEqual([expect.any(String)])
    const keys = new Map([[new URL(other.server.url).origin, 'for-the-other']])
    await createProgram(definition, { apiKey: origin => keys.get(origin) })(inputs)
    expect(other.server.requests.at(-1)?.keyHash).toEqual(expect.any(String))
    expect(task.server.requests.at(-1)?.keyHash).toBeUndefined()
  })

  it('tells of outputs while they are written, and comes to the same result', async () => {
    const server = await startFakeOpenAi({ answer: () => '[[ ## reasoning ## ]]\nIt is red.\n\n[[ ## label ## ]]\nred', pieceMs: 1 })
    servers.push(server)
    const model: ModelSpec = { id: 'm', label: 'M', provider: 'openai-compatible', model: 'm', baseUrl: server.url, settings: {} }
    const definition: ProgramDefinition = {
      format: 'dspy-studio-program',
      program: oneStep('chain-of-thought'),
      models: { task: model, overrides: {} },
    }
    const run = createProgram(definition)
    const events: StreamedEvent[] = []
    const onEvent = (event: StreamedEvent): void => void events.push(event)
    const { outputs } = await run({ text: 'a' }, { stream: { fields: ['reasoning'], onEvent } })
    expect(outputs).toEqual((await run({ text: 'a' })).outputs)
    const told = events.flatMap(event => (event.type === 'field' ? [event] : []))
    expect(told.map(({ text }) => text).join('')).toBe('It is red.')
    expect(told.every(({ node, predictor, field }) => node === 'classify' && predictor === 'classify' && field === 'reasoning')).toBe(true)
    await expect(run({ text: 'a' }, { stream: { fields: ['lable'], onEvent } })).rejects.toThrow('Choose among reasoning, label.')
  })

  it('that is stopped while it is told of says so last', async () => {
    const server = await startFakeOpenAi({ answer: () => `[[ ## label ## ]]\n${'red '.repeat(200)}`, pieceMs: 5 })
    servers.push(server)
    const model: ModelSpec = { id: 'm', label: 'M', provider: 'openai-compatible', model: 'm', baseUrl: server.url, settings: {} }
    const definition: ProgramDefinition = { format: 'dspy-studio-program', program: oneStep(), models: { task: model, overrides: {} } }
    const stop = new AbortController()
    const events: StreamedEvent[] = []
    const onEvent = (event: StreamedEvent): void => {
      events.push(event)
      if (event.type === 'field') stop.abort(new Error('enough'))
    }
    const fail = (): never => {
      throw new Error('the listener failed')
    }
    await expect(createProgram(definition)({ text: 'a' }, { signal: stop.signal, stream: { onEvent } })).rejects.toThrow('enough')
    expect(events.at(-1)).toMatchObject({ type: 'cut', node: 'classify' })
    await expect(createProgram(definition)({ text: 'a' }, { stream: { onEvent: fail } })).rejects.toThrow('the listener failed')
    expect(server.count).toBe(2)
  })

  it('takes images in any form, and finds those of its demos in its own file', async () => {
    const server = await startFakeOpenAi({ answer: look })
    servers.push(server)
    const model: ModelSpec = { id: 'm', label: 'M', provider: 'openai-compatible', model: 'm', baseUrl: server.url, settings: {} }
    const [zorp, blin] = [pictureOf.get('zorp'), pictureOf.get('blin')]
    if (!zorp || !blin) throw new Error('the toy task has these words')
    const { graph } = oneStep()
    const image = { kind: 'image' } as const
    const nodes = graph.nodes.map(node => ({
      ...node,
      fields: node.fields.map(field => (field.name === 'text' ? { ...field, type: image } : field)),
    }))
    const state = { classify: { instructions: 'Look.', demos: [{ text: blin, label: toyLabelOf('blin') }] } }
    const definition: ProgramDefinition = {
      format: 'dspy-studio-program',
      program: { graph: { ...graph, nodes }, state },
      models: { task: model, overrides: {} },
      blobs: await listBlobEntries(pictures, state, zorp),
    }
    const run = createProgram(definition)
    // What the toy task calls a picture has no first bytes of one: a type that says so is believed.
    const data = toBase64((await pictures.get(zorp)) ?? new Uint8Array(0))
    const url = `data:image/png;base64,${data}`
    for (const text of [zorp, url]) expect((await run({ text })).outputs).toEqual({ label: toyLabelOf('zorp') })
    expect(server.requests.map(({ text }) => text)).toEqual([server.requests[0]?.text, server.requests[0]?.text])
    expect(server.requests[0]?.text.split('image_url":{')).toHaveLength(3)
    await expect(run({ text: 'a picture of zorp' })).rejects.toMatchObject({ code: 'data-invalid' })
    const damaged = createProgram({ ...definition, blobs: [] })
    await expect(damaged({ text: url })).rejects.toMatchObject({ code: 'blob-missing' })
  })
})
