import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTurns } from '@/lib/turns'
import { nextImport, noImport, type ImportMessage, type ImportStep } from './import-step'

const preview = {
  importId: 'i',
  format: 'csv',
  details: [],
  leftOut: [],
  columns: [],
  rowCount: 1,
  badRowCount: 0,
  badRows: [],
  firstRows: [],
} as never

/** All that the import of one file says, in the order it happens in the worker. */
const said = (name = 'file'): readonly ImportMessage[] => [
  { type: 'begin', name },
  { type: 'progress', share: 0.3 },
  { type: 'progress', share: 0.7 },
  { type: 'progress', share: 1 },
  { type: 'preview', preview },
]

const fold = (messages: readonly ImportMessage[]): ImportStep => messages.reduce(nextImport, noImport)

describe('nextImport', () => {
  it('shows the preview whatever progress comes behind it', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3], { minLength: 3, maxLength: 3 }), fc.nat({ max: 3 }), (late, cut) => {
        const [begin, ...rest] = said()
        const progress = rest.slice(0, 3)
        const before = progress.slice(0, cut)
        const after = late.flatMap(place => progress[place - 1] ?? []).filter(message => !before.includes(message))
        const last = rest[3]
        const messages = [begin, ...before, last, ...after].flatMap(message => (message ? [message] : []))
        expect(fold(messages).kind).toBe('preview')
      }),
    )
  })

  it('ends with the file that was begun last, in whatever order the messages of the others come', () => {
    const order = fc.array(fc.boolean(), { minLength: 10, maxLength: 10 })
    fc.assert(
      fc.property(order, picks => {
        // The user begins one after the other; what the workers say after that may be mixed in any way.
        const turns = createTurns()
        let step = noImport
        const speak = (name: string) => {
          const say = turns.next().take((message: ImportMessage) => (step = nextImport(step, message)))
          const [begin, ...rest] = said(name)
          if (begin) say(begin)
          return rest.map(message => () => say(message))
        }
        const queues = [speak('file 1'), speak('file 2')]
        for (const pick of picks) queues[pick ? 0 : 1]?.shift()?.()
        for (const say of queues.flat()) say()
        expect(step).toMatchObject({ kind: 'preview', name: 'file 2' })
      }),
    )
  })

  it('stays closed once it was cancelled', () => {
    expect(fold([...said().slice(0, 2), { type: 'end' }, ...said().slice(2)])).toEqual({ kind: 'idle' })
  })

  it('keeps the preview with its problem where storing fails, and lets it be tried again', () => {
    const refused = fold([...said(), { type: 'store' }, { type: 'refuse', problem: 'Full.' }])
    expect(refused).toMatchObject({ kind: 'preview', isStoring: false, problem: 'Full.' })
    expect(nextImport(refused, { type: 'store' })).not.toHaveProperty('problem')
  })
})
