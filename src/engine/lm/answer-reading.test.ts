import { describe, expect, it } from 'vitest'
import { isEngineError } from '../base/errors'
import { memoryDisk, memoryPorts, type MemoryDisk } from '@/testing/memory-ports'
import { simulatedLm, type SimulatedLm } from '@/testing/simulated-lm'
import { finish, toyRun } from '@/testing/toy-run'
import { replayRun } from '../run/replay'
import type { RunOutcome } from '../run/base/ports'
import { answersToGiveUp, createAnswerReading, notedFrom, type ReadingNotes } from './answer-reading'
import type { CallKey } from './lm'

const long = 'x'.repeat(notedFrom)

/** Notes in memory: all that was noted, and what a restart would find. */
function notebook(left = ''): ReadingNotes & { readonly done: string[]; note(): string } {
  const done: string[] = []
  let current = left
  const write = (note: string): void => void done.push((current = note))
  return {
    left,
    done,
    note: () => current,
    async begin(_key, note) {
      await Promise.resolve()
      write(note)
    },
    end: write,
  }
}

describe('the reading of answers', () => {
  it('notes long answers, one at a time, and none that is short', async () => {
    const notes = notebook()
    const reading = createAnswerReading(new Set(), notes)
    const notedWhileRead: string[] = []
    const read = (): number => notedWhileRead.push(notes.note())
    await Promise.all(['a', 'b', 'c'].map(key => reading.read({ key, text: long }, read)))
    await reading.read({ key: 'd', text: long.slice(1) }, read)
    expect(notedWhileRead).toEqual(['a', 'b', 'c', ''])
    expect(notes.done).toEqual(['a', '', 'b', '', 'c', ''])
  })

  it('counts the attempts that an answer ended until it was read', async () => {
    const notes = notebook('b\nx')
    const reading = createAnswerReading(new Set(), notes)
    for (const key of ['a', 'b', 'b']) await reading.read({ key, text: long }, () => 1)
    expect(notes.done).toEqual(['b\nx\na', 'b\nx', 'b\nx\nb', 'x', 'x\nb', 'x'])
  })

  it('ends a note also where the answer is refused, and reads without one where none can be made', async () => {
    const notes = notebook()
    const refuse = (): never => {
      throw new RangeError('refused')
    }
    await expect(createAnswerReading(new Set(), notes).read({ key: 'a', text: long }, refuse)).rejects.toThrow('refused')
    expect(notes.note()).toBe('')
    const full = { begin: () => Promise.reject(new Error('no room')), end: () => undefined }
    expect(await createAnswerReading(new Set(), full).read({ key: 'a', text: long }, () => 1)).toBe(1)
  })

  it('refuses in words what ended an attempt, however short, and keeps its text', async () => {
    const reading = createAnswerReading(new Set(['a']))
    const error: unknown = await reading.read({ key: 'a', text: 'short' }, () => 1).catch((thrown: unknown) => thrown)
    expect(isEngineError(error, 'adapter-parse') && error.facts.text).toBe('short')
    expect(await reading.read({ key: 'b', text: 'short' }, () => 1)).toBe(1)
  })
})

/** The model of the toy task; what it says about each row is long. */
function wordy(): SimulatedLm {
  const lm = simulatedLm()
  const said: SimulatedLm['generate'] = async (request, call) => {
    const answer = await lm.generate(request, call)
    return { ...answer, text: `${answer.text}\n${long}` }
  }
  return Object.assign(Object.create(lm), { generate: said })
}

/** What a process that is killed leaves behind. */
interface Remains {
  readonly disk: MemoryDisk
  note: string
}

const run = toyRun({ kind: 'evaluate', train: 0, val: 12 })

/** One attempt at the run. It dies at the first answer that `kills` names, with the note of it written; undefined is its death. */
async function attempt(remains: Remains, kills: (key: CallKey) => boolean, hung?: ReadonlySet<CallKey>): Promise<RunOutcome | undefined> {
  let die = (): void => undefined
  let isDead = false
  const death = new Promise<undefined>(resolve => {
    die = () => resolve(undefined)
  })
  const reading: ReadingNotes = {
    left: remains.note,
    ...(hung && { hung }),
    begin(key, note) {
      remains.note = note
      if (!kills(key)) return Promise.resolve()
      isDead = true
      die()
      return new Promise(() => undefined)
    },
    end(note) {
      remains.note = note
    },
  }
  const ports = memoryPorts({ lm: wordy(), disk: remains.disk, isDead: () => isDead })
  return Promise.race([finish(run, { ...ports, reading }), death])
}

const fresh = (): Remains => ({ disk: memoryDisk(), note: '' })
const noKill = (): boolean => false
const givenUpIn = ({ disk }: Remains): readonly CallKey[] =>
  disk.events.flatMap(event => (event.type === 'answer-give-up' ? [event.key] : []))

describe('a run that was killed while it read sound answers', () => {
  it('comes to what it comes to without a kill, whichever answer it was', async () => {
    const unkilled = await attempt(fresh(), noKill)
    for (let at = 1; at <= 12; at++) {
      const remains = fresh()
      let reads = 0
      expect(await attempt(remains, () => ++reads === at)).toBeUndefined()
      expect(remains.note).not.toBe('')
      expect(await attempt(remains, noKill)).toMatchObject({ status: 'done', digest: unkilled?.digest })
      expect(givenUpIn(remains)).toEqual([])
      expect(remains.note).toBe('')
    }
  })

  it('also after a kill at each of its answers, one attempt after the other', async () => {
    const unkilled = await attempt(fresh(), noKill)
    const remains = fresh()
    const killedAt = new Set<CallKey>()
    const oncePerAnswer = (key: CallKey): boolean => !killedAt.has(key) && killedAt.add(key).has(key)
    let outcome: RunOutcome | undefined
    while ((outcome = await attempt(remains, oncePerAnswer)) === undefined) expect(remains.note).not.toBe('')
    expect(killedAt.size).toBe(new Set(remains.disk.calls.keys()).size)
    expect(outcome).toMatchObject({ status: 'done', digest: unkilled?.digest })
    expect(givenUpIn(remains)).toEqual([])
    expect(remains.note).toBe('')
  })
})

describe('an answer that ends every attempt', () => {
  for (const at of [1, 5, 11]) {
    it(`is given up after two: answer ${at}, and the same again on every replay`, async () => {
      const remains = fresh()
      let reads = 0
      let hanging = ''
      const hangs = (key: CallKey): boolean => {
        if (++reads === at) hanging = key
        return key === hanging
      }
      expect(await attempt(remains, hangs)).toBeUndefined()
      expect(remains.note).toBe(hanging)
      expect(await attempt(remains, hangs)).toBeUndefined()
      expect(remains.note).toBe(`${hanging}\n${hanging}`)
      expect(givenUpIn(remains)).toEqual([])

      const outcome = await attempt(remains, hangs)
      const { disk } = remains
      expect(outcome?.status).toBe('done')
      expect(givenUpIn(remains)).toEqual([hanging])
      expect(remains.note).toBe('')
      const failed = [...disk.rollouts.values()].filter(({ rollout }) => JSON.stringify(rollout.trace).includes('This answer was not read'))
      expect(failed.length).toBeGreaterThan(0)
      for (const { rollout } of failed) expect(JSON.stringify(rollout.trace)).toContain(hanging)
      expect(disk.calls.has(hanging)).toBe(true)

      const recording = { events: disk.events, failedCalls: new Map(), calls: { get: async (key: string) => disk.calls.get(key) } }
      const { clock, runner, connect } = memoryPorts({ lm: wordy() })
      const report = await replayRun(run.spec, run.data, recording, { clock, runner, connect })
      expect(report).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest: outcome?.digest })
      // Taken up once more, with a note that nobody took back: the answer is given up once.
      remains.note = `${hanging}\n${hanging}`
      expect((await attempt(remains, hangs))?.digest).toBe(outcome?.digest)
      expect(givenUpIn(remains)).toEqual([hanging])
      expect(remains.note).toBe('')
    })
  }

  it('is given up after two also where a kill at another answer came between', async () => {
    const remains = fresh()
    const read: CallKey[] = []
    expect(await attempt(remains, key => read.push(key) === 5)).toBeUndefined()
    const hanging = read[4]
    expect(await attempt(remains, key => key !== hanging)).toBeUndefined()
    expect(remains.note.split('\n')).toHaveLength(2)
    expect(await attempt(remains, key => key === hanging)).toBeUndefined()
    expect((await attempt(remains, key => key === hanging))?.status).toBe('done')
    expect(givenUpIn(remains)).toEqual([hanging])
  })

  it('is given up after one where a watch ended the reading', async () => {
    const remains = fresh()
    let hanging = ''
    expect(await attempt(remains, key => key === (hanging ||= key))).toBeUndefined()
    expect((await attempt(remains, key => key === hanging, new Set([hanging])))?.status).toBe('done')
    expect(givenUpIn(remains)).toEqual([hanging])
  })

  it('is told from the note: a key that stands there once was one attempt', () => {
    expect([...answersToGiveUp({})]).toEqual([])
    expect([...answersToGiveUp({ left: 'a' })]).toEqual([])
    expect([...answersToGiveUp({ left: 'a\nb\na' })]).toEqual(['a'])
    // What a watch said counts for runs that left a note of it.
    expect([...answersToGiveUp({ left: 'a', hung: new Set(['a', 'b']) })]).toEqual(['a'])
  })
})
