import { expect, it } from 'vitest'
import { oneStep } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { startToyServer } from '@/testing/toy-server'
import { createProgram } from './runtime'

// In real time, since an exported program brings its own clock: the pauses between six tries are half a minute at most.
it(
  'gives an exported program up after six tries where nothing listens, with the cause, however many are asked at once',
  { timeout: 60_000 },
  async () => {
    const server = await startToyServer()
    await server.close()
    let tries = 0
    const counting: typeof fetch = (input, init) => {
      tries += 1
      return fetch(input, init)
    }
    const definition = {
      format: 'dspy-studio-program',
      program: oneStep(),
      models: { task: { ...toyModel, baseUrl: server.url }, overrides: {} },
    } as const
    const run = createProgram(definition, { fetch: counting })
    const ends = await Promise.allSettled(Array.from({ length: 30 }, (_, index) => run({ text: `item ${index}` })))
    for (const end of ends)
      expect(end).toMatchObject({
        status: 'rejected',
        reason: { code: 'lm-network', message: expect.stringMatching(/ECONNREFUSED.*\(6 attempts\)/), facts: { attempts: 0 } },
      })
    expect(tries).toBeGreaterThan(30)
    // No more than six each.
    expect(tries).toBeLessThanOrEqual(180)
  },
)
