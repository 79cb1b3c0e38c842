import { describe, expect, it } from 'vitest'
import { checkFields } from './check-fields'
import type { FieldType } from './types/field-type'
import type { Field } from './signature'

const field = (name: string, type: FieldType = { kind: 'str' }, role: Field['role'] = 'input'): Field => ({
  id: `id ${name}`,
  name,
  role,
  type,
  desc: '',
})
const messageFor = (name: string, type?: FieldType) => checkFields([field(name, type)])[0]?.message

describe('checkFields', () => {
  it.each(['question', 'a1', 'x_y', 'Größe', '名前', 'match', 'self'])('takes the name %s', name => {
    expect(checkFields([field(name)])).toEqual([])
  })

  it.each([
    ['', 'a name'],
    ['two words', '`two_words`'],
    ['1st', 'start with a digit'],
    ['a-b', 'letters, digits and underscores'],
    ['class', 'Python language'],
    ['None', 'Python language'],
    ['_private', '`private`'],
    ['__proto__', 'JavaScript'],
    ['constructor', 'JavaScript'],
    ['prototype', 'JavaScript'],
    ['ﬁeld', 'Python does not take'],
    ['x²', 'Python does not take'],
    ['नि', 'letters, digits and underscores'],
  ])('refuses the name %j', (name, message) => {
    expect(messageFor(name)).toContain(message)
  })

  it('blames the second of two equal names, across inputs and outputs', () => {
    const fields: Field[] = [field('a'), { ...field('a', { kind: 'int' }, 'output'), id: 'second' }]
    expect(checkFields(fields)).toEqual([{ fieldId: 'second', message: expect.stringContaining('already') }])
  })

  it('refuses types that hold nothing', () => {
    expect(messageFor('a', { kind: 'list', of: { kind: 'enum', values: [] } })).toContain('at least one option')
    expect(messageFor('a', { kind: 'enum', values: ['1', 1] })).toContain('read the same')
    expect(messageFor('a', { kind: 'enum', values: ['yes '] })).toContain('with a space')
    expect(messageFor('a', { kind: 'object', fields: { prototype: { kind: 'str' } } })).toContain('Rename')
    expect(messageFor('a', { kind: 'object', fields: { x: { kind: 'optional', of: { kind: 'float' } } } })).toBeUndefined()
  })
})
