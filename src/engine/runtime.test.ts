import { afterEach, describe, expect, it } from 'vitest'
import { twoSteps } from '@/testing/toy-programs'
import { startFakeOpenAi, type FakeOpenAi } from '../../e2e/fake-openai'
import type { ModelSpec } from './lm/lm'
import { createProgram, type ProgramDefinition } from './runtime'

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
})
