import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldNameProblem } from './types/field-name'
import { pythonName } from './python-name'

describe('pythonName', () => {
  it.each([
    ['Answer the question', 'answer_the_question'],
    ['2nd try!', 'step_2nd_try'],
    ['HTMLParser', 'htmlparser'],
    ['my_step', 'my_step'],
    ['Übung!', 'ubung'],
    ['Größe', 'gro_e'],
    ['質問', 'step'],
    ['   ', 'step'],
    ['', 'step'],
    ['class', 'class_'],
    ['None', 'none_'],
    ['self', 'self_'],
    ['forward', 'forward_'],
  ])('names %j %s', (label, name) => {
    expect(pythonName(label)).toBe(name)
  })

  it('never takes a name twice', () => {
    expect(pythonName('Rank', new Set(['rank', 'rank_2']))).toBe('rank_3')
    expect(pythonName('if', new Set(['if_']))).toBe('if__2')
  })

  it('is a free Python name for any label', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), labels => {
        const taken = new Set<string>()
        for (const label of labels) {
          const name = pythonName(label, taken)
          // A step may be called what a field of a JavaScript object may not, such as `prototype`.
          expect(fieldNameProblem(name) ?? 'in JavaScript').toContain('in JavaScript')
          expect(taken.has(name)).toBe(false)
          taken.add(name)
        }
      }),
    )
  })
})
