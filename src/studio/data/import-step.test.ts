import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextImport, noImport, type ImportMessage, type ImportTurn } from './import-step'

const preview = { importId: 'i', format: 'csv', details: [], columns: [], rowCount: 1, badRowCount: 0, badRows: [], firstRows: [] } as never

/** All that the import of one file says, in the order it happens in the worker. */
const said = (turn: number): readonly ImportMessage[] => [
  { type: 'begin', turn, name: `file ${turn}` },
  { type: 'progress', turn, share: 0.3 },
  { type: 'progress', turn, share: 0.7 },
  { type: 'progress', turn, share: 1 },
  { type: 'preview', turn, preview },
]

const fold = (messages: readonly ImportMessage[]): ImportTurn => messages.reduce(nextImport, noImport)

describe('nextImport', () => {
  it('shows the preview whatever progress comes behind it', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3], { minLength: 3, maxLength: 3 }), fc.nat({ max: 3 }), (late, cut) => {
        const [begin, ...rest] = said(1)
        const progress = rest.slice(0, 3)
        const before = progress.slice(0, cut)
        const after = late.flatMap(place => progress[place - 1] ?? []).filter(message => !before.includes(message))
        const last = rest[3]
        const messages = [begin, ...before, last, ...after].flatMap(message => (message ? [message] : []))
        expect(fold(messages).step.kind).toBe('preview')
      }),
    )
  })

  it('ends with the file that was begun last, in whatever order the messages of the others come', () => {
    const order = fc.array(fc.boolean(), { minLength: 10, maxLength: 10 })
    fc.assert(
      fc.property(order, picks => {
        // The user begins both in turn; what the workers say after that may be mixed in any way.
        const [first, ...firstRest] = said(1)
        const [second, ...secondRest] = said(2)
        const queues = [[...firstRest], [...secondRest]]
        const mixed = picks.flatMap(pick => queues[pick ? 0 : 1]?.shift() ?? [])
        const messages = [first, second, ...mixed, ...queues.flat()].flatMap(message => (message ? [message] : []))
        expect(fold(messages)).toMatchObject({ turn: 2, step: { kind: 'preview', name: 'file 2' } })
      }),
    )
  })

  it('stays closed once it was cancelled', () => {
    const messages: readonly ImportMessage[] = [...said(1).slice(0, 2), { type: 'end', turn: 2 }, ...said(1).slice(2)]
    expect(fold(messages).step).toEqual({ kind: 'idle' })
  })

  it('keeps the preview with its problem where storing fails, and lets it be tried again', () => {
    const refused = fold([...said(1), { type: 'store', turn: 1 }, { type: 'refuse', turn: 1, problem: 'Full.' }])
    expect(refused.step).toMatchObject({ kind: 'preview', isStoring: false, problem: 'Full.' })
    expect(nextImport(refused, { type: 'store', turn: 1 }).step).not.toHaveProperty('problem')
  })
})
