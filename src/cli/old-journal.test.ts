import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startRun } from '@/engine/run/run'
import { replayRun } from '@/engine/run/replay'
import { canonicalJson } from '@/lib/canonical-json'
import { luckyLm } from '@/testing/lucky-lm'
import { memoryPorts } from '@/testing/memory-ports'
import { oldJson } from '@/testing/old-ensembles'
import { finish } from '@/testing/toy-run'
import { openJournalDirectory, readRecordedRun } from './headless/journal-directory'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dspy-studio-old-journal-'))
  for (const [name, text] of Object.entries(oldJson('journal.json'))) writeFileSync(join(folder, name), String(text))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('takes an Ensemble compile of an older version up where it was killed, and comes to the end of one that was not', async () => {
  const recorded = readRecordedRun(folder)
  const lm = luckyLm(3)
  const ports = memoryPorts({ lm })
  const directory = openJournalDirectory(folder, recorded)
  const { calls, journal, noteSpend } = directory
  const outcome = await startRun(directory.spec, recorded, { ...ports, calls, journal, noteSpend }, () => undefined).done
  const rollouts = directory.recordedRollouts()
  directory.close()
  expect(outcome.divergence).toBeUndefined()
  expect(outcome.result?.best).toMatchObject({ label: 'ensemble of 3', graph: { nodes: [{ id: 'in' }, { id: 'vote' }, { id: 'out' }] } })
  expect(rollouts.length).toBeGreaterThan(20)

  const whole = luckyLm(3)
  const fresh = await finish({ spec: recorded.spec, data: recorded }, memoryPorts({ lm: whole }))
  expect(canonicalJson(outcome.result)).toBe(canonicalJson(fresh.result))
  // The answers of the folder were taken as they are; the members were all scored before, so little was left to ask.
  expect(lm.count).toBeLessThan(whole.count / 4)

  // What both attempts wrote is one run: it replays.
  const again = openJournalDirectory(folder, recorded)
  const recording = { events: again.journal.recorded, failedCalls: again.journal.failedCalls, calls: again.calls }
  expect(await replayRun(again.spec, recorded, recording, ports)).toMatchObject({ isSame: true, calls: 0, missingCalls: 0 })
  again.close()
})
