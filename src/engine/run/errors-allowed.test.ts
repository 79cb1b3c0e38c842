import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { toyProject } from '@/testing/toy-project'
import { finish, toyModel, toyRun } from '@/testing/toy-run'
import { EngineError } from '../base/errors'
import { allowedErrors } from '../evaluate/evaluate'
import type { Lm } from '../lm/lm'
import { freezeSpec } from './plan/freeze-spec'

/** Fails for good on the rows of which `isBad` says so, counted as they come. */
function moody(isBad: (row: number) => boolean): Lm {
  const rows = new Map<string, number>()
  return simulatedLm({
    onRequest: (_count, request) => {
      const text = 'messages' in request ? JSON.stringify(request.messages.at(-1)?.content) : ''
      const row = rows.get(text) ?? rows.size
      rows.set(text, row)
      if (isBad(row)) throw new EngineError('lm-bad-response', 'Nonsense.', { isRetryable: false })
    },
  })
}

describe('errors allowed', () => {
  it('are a number, or a share of the rows where that is more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 1, max: 5000 }),
        (maxErrors, percent, rows) => {
          const allowed = allowedErrors({ maxErrors, maxErrorShare: percent / 100 }, rows)
          expect(allowed).toBe(Math.max(maxErrors, percent > 0 ? Math.floor((percent * rows) / 100) + 1 : 0))
          expect(allowedErrors({ maxErrors }, rows)).toBe(maxErrors)
        },
      ),
    )
  })

  it('are both in the spec of a new run, by default', () => {
    const parts = { kind: 'evaluate', title: 'x', models: { task: toyModel, prompt: toyModel, overrides: {} }, split: 'val' } as const
    const project = toyProject()
    const { maxErrorShare: _share, ...run } = project.run
    expect(freezeSpec({ ...project, run }, parts)).toMatchObject({ maxErrors: 10, maxErrorShare: 0.1 })
    expect(freezeSpec({ ...project, run: { ...run, maxErrorShare: 0 } }, parts)).not.toHaveProperty('maxErrorShare')
  })

  it.each([
    ['the first ten', (row: number) => row < 10],
    ['the last ten', (row: number) => row >= 290],
    ['every tenth', (row: number) => row % 10 === 3],
  ])('let an evaluation of 300 rows come to its score: %s are bad', async (_, isBad) => {
    const run = toyRun({ kind: 'evaluate', val: 300, maxErrorShare: 0.1, concurrency: 16 })
    const outcome = await finish(run, memoryPorts({ lm: moody(isBad) }))
    const bad = Array.from({ length: 300 }, (_row, index) => index).filter(isBad).length
    expect(outcome).toMatchObject({ status: 'done', result: { best: { summary: { count: 300 - bad, unscored: bad } } } })
  })

  it('end an evaluation beyond the share; what was scored stays scored, is said, and is not asked again', async () => {
    const disk = memoryDisk()
    const run = toyRun({ kind: 'evaluate', val: 100, maxErrors: 5, maxErrorShare: 0.1, concurrency: 4 })
    const failed = await finish(run, memoryPorts({ lm: moody(row => row % 2 === 1), disk }))
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'too-many-errors', facts: { failed: 11 } } })
    const { count = 0, unscored = 0 } = failed.result?.best?.summary ?? {}
    expect(count).toBeGreaterThanOrEqual(10)
    expect(count + unscored).toBe(100)
    expect(failed.sentence).toMatch(/Scored until then: .* rows/)
    let asked = 0
    const lm = simulatedLm({ onRequest: () => void (asked += 1) })
    const resumed = await finish(run, memoryPorts({ lm, disk }))
    expect(resumed).toMatchObject({ status: 'done', result: { best: { summary: { count: 100 } } } })
    expect(asked).toBeLessThanOrEqual(100 - count)
  })
})
