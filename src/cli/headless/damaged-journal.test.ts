import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isEngineError } from '@/engine/base/errors'
import type { Lm } from '@/engine/lm/lm'
import { replayRun } from '@/engine/run/replay'
import { startRun } from '@/engine/run/run'
import { canonicalJson } from '@/lib/canonical-json'
import { parseJson, type Json } from '@/lib/json'
import { systemClock } from '@/lib/system-clock'
import { damagedLines, lineDamages, type LineDamage } from '@/testing/damaged-lines'
import { memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { twoSteps } from '@/testing/toy-programs'
import { toyRun } from '@/testing/toy-run'
import { openJournalDirectory, readRecordedRun } from './journal-directory'

const run = toyRun({
  program: twoSteps(),
  train: 6,
  val: 5,
  optimizer: { id: 'bootstrap-few-shot', params: { max_bootstrapped_demos: 2, max_labeled_demos: 3 } },
})
const files = ['calls.jsonl', 'journal.jsonl', 'sent.jsonl', 'rollouts.jsonl'] as const
const killPoints = [4, 17, 26]

let home = ''
let whole: Awaited<ReturnType<typeof attempt>>
/** Journals as they were when the run was killed in a request, and of the run that went through. */
const journals: string[] = []
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'dspy-studio-damaged-journal-'))
  // Slow enough for several lines in each file.
  whole = await attempt(folder('whole'), simulatedLm({ latencyMs: 60 }))
  for (const point of killPoints) {
    const at = folder(`killed-${point}`)
    let tell = (): void => undefined
    const died = new Promise<void>(resolve => (tell = resolve))
    const lm = simulatedLm({ latencyMs: 60, onRequest: count => (count < point ? undefined : new Promise<void>(() => tell())) })
    // What was done until then gets to disk.
    await attempt(
      at,
      lm,
      died.then(() => systemClock.sleep(300)),
    )
  }
  journals.push(...['whole', ...killPoints.map(point => `killed-${point}`)].map(folder))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function folder(name: string): string {
  return join(home, name)
}

/** One attempt at the run in a folder, which ends with `died` at the latest. */
async function attempt(at: string, lm: Lm & { readonly count: number }, died: Promise<void> = new Promise(() => undefined)) {
  const directory = openJournalDirectory(at, { spec: run.spec, ...run.data })
  try {
    const { calls, journal, noteSpend, before } = directory
    const earlier = before && {
      spentBefore: before.totals,
      capsBefore: before.caps,
      lostBefore: before.lost,
      unnotedBefore: before.unnoted,
      elapsedBefore: before.elapsedMs,
    }
    const handle = startRun(directory.spec, run.data, { ...memoryPorts({ lm }), calls, journal, noteSpend, ...earlier }, () => {})
    const outcome = await Promise.race([handle.done, died])
    for (const _ of directory.recordedRollouts()) continue
    return { outcome: outcome ?? undefined, leftOut: directory.leftOut(), asked: lm.count }
  } finally {
    directory.close()
  }
}

/** The journal once more, damaged, to be taken up. */
function copyOf(journal: string): string {
  const at = mkdtempSync(join(home, 'copy-'))
  cpSync(journal, at, { recursive: true })
  return at
}

const damage: fc.Arbitrary<LineDamage> = fc.record({
  way: fc.constantFrom(...lineDamages),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.nat(),
})

describe('a journal that was damaged', () => {
  it('goes on from what is intact to the end of an undamaged run, whatever happened to its lines', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(killPoints.length),
        fc.array(fc.tuple(fc.constantFrom(...files), damage), { minLength: 1, maxLength: 4 }),
        async (number, damages) => {
          const at = copyOf(journals[number] ?? '')
          for (const [name, one] of damages) writeFileSync(join(at, name), damagedLines(readFileSync(join(at, name)), one))
          const lm = simulatedLm()
          const { outcome, asked } = await attempt(at, lm)
          expect({ status: outcome?.status, error: outcome?.error }).toEqual({ status: 'done', error: undefined })
          expect(canonicalJson(outcome?.result)).toBe(canonicalJson(whole.outcome?.result))
          expect(outcome?.sentence).toBe(whole.outcome?.sentence)
          const mayAsk = damages.some(([name]) => name === 'calls.jsonl') ? Infinity : whole.asked - answersIn(journals[number] ?? '')
          expect(asked).toBeLessThanOrEqual(mayAsk)
          // What was mended is a journal like any other.
          const again = openJournalDirectory(at, { spec: run.spec, ...run.data })
          const recording = { events: again.journal.recorded, failedCalls: again.journal.failedCalls, calls: again.calls }
          const report = await replayRun(again.spec, run.data, recording, memoryPorts({ lm }))
          again.close()
          expect(report).toMatchObject({ calls: 0, missingCalls: 0 })
          expect(report.isSame).toBe(true)
          rmSync(at, { recursive: true })
        },
      ),
      { numRuns: 80 },
    )
  })

  it('has several lines in each file before it is', () => {
    for (const name of files) expect(linesIn(join(folder('killed-26'), name)).length).toBeGreaterThan(2)
  })

  it('says what it left out', async () => {
    const at = copyOf(folder('killed-26'))
    const damages: readonly (readonly [string, LineDamage['way']])[] = [
      ['calls.jsonl', 'garbage'],
      ['journal.jsonl', 'garbage'],
      ['sent.jsonl', 'torn in the middle'],
      ['rollouts.jsonl', 'a missing field'],
    ]
    for (const [name, way] of damages) writeFileSync(join(at, name), damagedLines(readFileSync(join(at, name)), { way, at: 0, seed: 1 }))
    const { outcome, leftOut } = await attempt(at, simulatedLm())
    expect(outcome?.status).toBe('done')
    expect(leftOut).toMatch(
      /^Left out of the journal, since it cannot be read: 1 line of calls\.jsonl, 1 line of journal\.jsonl, 1 line of sent\.jsonl, 1 line of rollouts\.jsonl\. /,
    )
    // Nothing is said of what a kill leaves, or of blank lines, line ends and marks of other systems.
    const calm = copyOf(folder('killed-17'))
    for (const name of files) {
      for (const way of ['a byte order mark', 'CRLF', 'empty lines', 'zeros at the end'] as const)
        writeFileSync(join(calm, name), damagedLines(readFileSync(join(calm, name)), { way, at: 0.5, seed: 1 }))
      appendFileSync(join(calm, name), '{"torn": tr')
    }
    expect(await attempt(calm, simulatedLm())).toMatchObject({
      leftOut: undefined,
      outcome: { status: 'done', digest: whole.outcome?.digest },
    })
  })

  it('takes the answer that was asked for again, where the first one is damaged', async () => {
    const at = copyOf(folder('whole'))
    const text = readFileSync(join(at, 'calls.jsonl'), 'utf8')
    writeFileSync(join(at, 'calls.jsonl'), text.replace(/"text":"[^"]*"/, '"text":{"of":"another type"}'))
    expect((await attempt(at, simulatedLm())).asked).toBe(1)
    expect((await attempt(at, simulatedLm())).asked).toBe(0)
  })

  it('says in words that its header cannot be read, or goes on', async () => {
    const text = readFileSync(join(folder('killed-17'), 'run.json'))
    await fc.assert(
      fc.asyncProperty(damage, async one => {
        const at = copyOf(folder('killed-17'))
        writeFileSync(join(at, 'run.json'), damagedLines(text, one))
        const failure = await attempt(at, simulatedLm()).then(
          ({ outcome }) => (outcome?.status === 'done' ? undefined : outcome),
          (error: unknown) => error,
        )
        const isTold = isEngineError(failure) && /run\.json|differs in/.test(failure.message)
        expect({ failure, isTold }).toEqual({ failure, isTold: failure !== undefined })
        rmSync(at, { recursive: true })
      }),
      { numRuns: 60 },
    )
    const broken = copyOf(folder('whole'))
    writeFileSync(join(broken, 'run.json'), '{"spec": 7}')
    expect(() => readRecordedRun(broken)).toThrow('says what the run of this journal is, and cannot be read: it has not the shape of one')
  })
})

function answersIn(at: string): number {
  const keys = linesIn(join(at, 'calls.jsonl')).map(line => {
    const parsed = parseJson(line)
    return parsed.ok ? (Object(parsed.value)['key'] as Json) : null
  })
  return new Set(keys).size
}

function linesIn(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
}
