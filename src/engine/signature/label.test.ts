import { describe, expect, it } from 'vitest'
import { cleanInstructions } from './clean-instructions'
import { defaultInstructions } from './default-instructions'
import { inferPrefix } from './label'

describe('inferPrefix', () => {
  it.each([
    ['some_attribute_name', 'Some Attribute Name'],
    ['camelCaseText', 'Camel Case Text'],
    ['text2number', 'Text 2 Number'],
    ['HTMLParser', 'HTML Parser'],
    ['XMLHttpRequest', 'XML Http Request'],
    ['iPhone', 'I Phone'],
    ['answer_1st', 'Answer 1 St'],
    ['a1b2', 'A 1 B 2'],
    ['myURL2x', 'My URL 2 X'],
  ])('labels %s as %s', (name, label) => {
    expect(inferPrefix(name)).toBe(label)
  })
})

describe('cleanInstructions', () => {
  it.each([
    ['  First\n    two\n\tthree\n\n    four  \n   \n', 'First\ntwo\n    three\n\nfour  '],
    ['\n\n   a\n     b\n', 'a\n  b'],
    ['   \n  x', 'x'],
    ['', ''],
    ['one line', 'one line'],
  ])('cleans %j as inspect.cleandoc does', (text, cleaned) => {
    expect(cleanInstructions(text)).toBe(cleaned)
  })
})

describe('defaultInstructions', () => {
  it('names inputs and outputs in backticks', () => {
    const fields = [
      { name: 'a', role: 'input' as const },
      { name: 'b', role: 'input' as const },
      { name: 'c', role: 'output' as const },
    ]
    expect(defaultInstructions(fields)).toBe('From `a`, `b`, work out `c`.')
    expect(defaultInstructions(fields.slice(2))).toBe('Work out `c`.')
    expect(defaultInstructions(fields.slice(0, 1))).toBe('Read `a`.')
    expect(defaultInstructions([])).toBe('')
  })
})
