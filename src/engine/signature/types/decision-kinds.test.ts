import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { typeMismatch } from '../../program/type-compatible'
import { formatValue } from '../../adapters/format-value'
import { checkFields } from '../check-fields'
import { coerceValue } from '../check-value'
import { parseTypeName } from '../parse-type-name'
import { readPythonSignatures } from '../python/read-signatures'
import { printPythonSignatures } from '../python/print-signatures'
import { promptTypeName, typeName } from '../type-name'

const choice = "Choice[('a', 'A'), (3, None)]"
const score = "Score['low', 'mid', 'high']"

describe('§B.1 types of decisions', () => {
  it.each<[written: string, inPrompts: string]>([
    ['Noul', 'Noul'],
    ["Noul[(False, 'bad'), (True, {'x': 1})]", "Noul[(True, {'x': 1}), (False, 'bad')]"],
    ["Noul[True, 'yes']", "Noul[(True, 'yes')]"],
    ["Noul[(True, 'yes',),]", "Noul[(True, 'yes')]"],
    [choice, choice],
    ["Choice['a', 'A']", "Choice[('a', 'A')]"],
    ["Choice[(True, ''), (None, ['x'])]", "Choice[(True, ''), (None, ['x'])]"],
    [score, score],
    ["dspy.experimental.Score['x', 'y']", "Score['x', 'y']"],
    ["Annotated[bool, Noul[(True, 't')]]", "Annotated[bool, Noul[(True, 't')]]"],
    ["Annotated[Literal['a', 3], Choice]", "Annotated[Literal['a', 3], Choice]"],
    ["Annotated[Literal['a', 3], Choice[(3, 'x'), ('a', None)]]", "Annotated[Literal[3, 'a'], Choice[(3, 'x'), ('a', None)]]"],
    ['list[Noul]', 'list[Noul]'],
  ])('%s is read, and shown as %s', (written, inPrompts) => {
    const type = parseTypeName(written)
    expect(promptTypeName(type)).toBe(inPrompts)
    expect(parseTypeName(typeName(type))).toEqual(type)
    expect(parseTypeName(promptTypeName(type))).toEqual(type)
  })

  it.each<[written: string, advice: string]>([
    ['Choice', 'what there is to choose from'],
    ['Score', 'what there is to choose from'],
    ["Noul[('a', 'b')]", 'when it is True and when False'],
    ["Noul[(True, 'a'), (True, 'b')]", 'is there twice'],
    ["Choice[(1, 'a'), ('1', 'b')]", 'read the same'],
    ["Choice[(1.5, 'a')]", 'a whole number'],
    ["Score['only']", 'two levels or more'],
    ["Annotated[float, Score['a', 'b']]", 'itself as the type'],
    ['Annotated[str, Noul]', '`Noul` goes with `bool`'],
    ["Annotated[Literal['a', 'b'], Choice[('a', 'A')]]", 'those of the `Literal`'],
    ["Annotated[Literal[1], Choice[(True, 'A')]]", 'those of the `Literal`'],
  ])('%s is refused: %s', (written, advice) => {
    expect(() => parseTypeName(written)).toThrow(advice)
  })

  it.each<[written: string, problem: string | undefined]>([
    [`Score[${"'x', ".repeat(11)}]`, '2 to 10 levels'],
    ["Score['x', None]", 'Describe each level'],
    ["Score['x', 3]", 'Put a number into quotes'],
    ["Choice[('a', 3)]", 'Put a number into quotes'],
    ["Choice[(' a', None)]", 'begins or ends with a space'],
    [choice, undefined],
  ])('%s is told: %s', (written, problem) => {
    const [found] = checkFields([{ id: 'f', name: 'f', role: 'output', type: parseTypeName(written), desc: 'd' }])
    expect(found?.message ?? '').toContain(problem ?? '')
    expect(found === undefined).toBe(problem === undefined)
  })

  it.each<[type: string, given: Json, value: Json | undefined]>([
    ['Noul', { value: true, confidence: 0.5, probability: 0.75 }, { confidence: 0.5, value: true, probability: 0.75 }],
    ['Noul', { value: true, confidence: 0.5, probability: null }, { confidence: 0.5, value: true }],
    ['Noul', { value: 'true', confidence: 0.5 }, undefined],
    ['Noul', { value: true, confidence: 1.5 }, undefined],
    ['Noul', { value: true, confidence: 1, more: 1 }, undefined],
    ['Noul', 'yes', true],
    ['Annotated[bool, Noul]', { value: true, confidence: 0.5 }, undefined],
    [
      choice,
      { value: 3, confidence: 0.5, probabilities: { a: 0.2, '3': 0.8 } },
      { confidence: 0.5, value: 3, probabilities: { a: 0.2, '3': 0.8 } },
    ],
    [choice, { value: 'b', confidence: 0.5 }, undefined],
    [choice, { value: 'a', confidence: 0.5, probabilities: { b: 1 } }, undefined],
    [choice, 'a', 'a'],
    [
      score,
      { value: 1.5, confidence: 1, probabilities: { '1': 0.5, '2': 0.5 }, level: 2 },
      { confidence: 1, value: 1.5, probabilities: { '1': 0.5, '2': 0.5 }, level: 2 },
    ],
    [score, { value: 2.5, confidence: 1 }, undefined],
    [score, { value: 1, confidence: 1, level: 0.5 }, undefined],
    [score, '1.5', 1.5],
    [score, 3, undefined],
  ])('%s takes %o as %o', (type, given, value) => {
    const read = coerceValue(parseTypeName(type), given)
    expect(read.ok ? read.value : undefined).toEqual(value)
  })

  it('print as one line of JSON in an input, with floats as floats', () => {
    expect(formatValue(parseTypeName(choice), { confidence: 1, value: 3, probabilities: { a: 0, '3': 1 } })).toBe(
      '{"confidence": 1.0, "value": 3, "probabilities": {"3": 1.0, "a": 0.0}}',
    )
  })

  it.each<[from: string, to: string, flows: boolean]>([
    ['Noul', 'Noul', true],
    ['Noul', 'bool', false],
    ['Annotated[bool, Noul]', 'bool', true],
    ['Annotated[bool, Noul]', 'Noul', false],
    ["Annotated[Literal['a'], Choice]", "Literal['a', 'b']", true],
    ["Choice[('a', '')]", "Choice[('a', 'A'), ('b', 'B')]", true],
    ["Choice[('c', '')]", "Choice[('a', 'A'), ('b', 'B')]", false],
    [score, "Score['x', 'y', 'z']", true],
    [score, 'float', false],
    ['Noul', 'str', true],
  ])('%s flows into %s: %s', (from, to, flows) => {
    expect(typeMismatch(parseTypeName(from), parseTypeName(to)) === undefined).toBe(flows)
  })

  it('stand in classes of Python, with the import that DSPy needs for them', () => {
    const fields = [
      { name: 'q', role: 'input' as const, type: parseTypeName('str'), desc: '' },
      { name: 'o', role: 'output' as const, type: parseTypeName(choice), desc: 'Which?' },
    ]
    const text = printPythonSignatures([{ name: 'Sort', instructions: 'Sort it.', fields }])
    expect(text).toContain('import dspy.experimental\n')
    expect(readPythonSignatures(text).signatures[0]?.fields[1]).toMatchObject({ name: 'o', type: fields[1]?.type, desc: 'Which?' })
  })
})
