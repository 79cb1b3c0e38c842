import { describe, expect, it } from 'vitest'
import { plainMessages } from '../lm/parts'
import type { FieldType } from '../signature/types/field-type'
import { field } from '@/testing/toy-programs'
import { bamlAdapter } from './baml'
import { bamlType } from './baml-type'

const address: FieldType = { kind: 'object', fields: { street: { kind: 'str' }, country: { kind: 'enum', values: ['US', 'CA'] } } }
const person: FieldType = {
  kind: 'object',
  fields: {
    name: { kind: 'str' },
    age: { kind: 'int' },
    address: { kind: 'optional', of: address },
    tags: { kind: 'list', of: { kind: 'str' } },
    visits: { kind: 'list', of: { kind: 'object', fields: { day: { kind: 'date' } } } },
  },
}

describe('the BAML adapter', () => {
  it.each<[FieldType, string]>([
    [{ kind: 'str' }, 'string'],
    [{ kind: 'bool' }, 'boolean'],
    [{ kind: 'list', of: { kind: 'int' } }, 'int[]'],
    [{ kind: 'optional', of: { kind: 'float' } }, 'float or null'],
    [{ kind: 'enum', values: [1, 'two', true, null] }, '1 or "two" or true or null'],
    [{ kind: 'union', of: [{ kind: 'int' }, { kind: 'str' }] }, 'int or string'],
    [{ kind: 'dict', of: { kind: 'int' } }, 'dict[string, int]'],
    [{ kind: 'object', fields: {} }, 'dict[string, Any]'],
    [{ kind: 'tuple', items: [{ kind: 'int' }] }, 'tuple'],
    [{ kind: 'date' }, 'date'],
  ])('writes %j as %s', (type, text) => {
    expect(bamlType(type)).toBe(text)
  })

  it('writes objects as their fields in braces, one a line, with those within them further in', () => {
    expect(bamlType(person)).toBe(
      [
        '{',
        '  name: string,',
        '  age: int,',
        '  address:   {',
        '    street: string,',
        '    country: "US" or "CA",',
        '  } or null,',
        '  tags: string[],',
        '  visits: [',
        '    {',
        '      day: date,',
        '    }',
        '  ],',
        '}',
      ].join('\n'),
    )
  })

  it('shows objects among the inputs over several lines, and asks for JSON', () => {
    const signature = { instructions: 'Do it.', fields: [field('who', 'input', address), field('n', 'output', { kind: 'int' })] }
    const [system, asked] = plainMessages(bamlAdapter.format(signature, [], { who: { street: 'Elm', country: 'US' } }))
    expect(system?.content).toMatch(/\[\[ ## who ## \]\]\n\{who\}\n\n\[\[ ## n ## \]\]\n.*: int\n\n\[\[ ## completed ## \]\]/)
    expect(asked?.content).toMatch(/^\[\[ ## who ## \]\]\n\{\n {2}"street": "Elm",\n {2}"country": "US"\n\}\n\n/)
    expect(bamlAdapter.parse(signature, '```json\n{"n": "3"}\n```')).toEqual({ n: 3 })
  })
})
