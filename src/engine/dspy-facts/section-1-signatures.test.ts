import { describe, expect, it } from 'vitest'
import { signatureOf } from '@/testing/signature-of'
import { adapters } from '../adapters/registry'
import { frameText } from '../adapters/frame-text'
import { plainMessages } from '../lm/parts'
import { cleanInstructions } from '../signature/clean-instructions'
import { checkFields } from '../signature/check-fields'
import { defaultInstructions } from '../signature/default-instructions'
import { fieldPrefix, inferPrefix } from '../signature/label'
import { parseSignatureLine } from '../signature/parse-signature'
import { printSignatureLine } from '../signature/print-signature'
import { readPythonSignatures } from '../signature/python/read-signatures'
import { typeName, promptTypeName } from '../signature/type-name'
import type { Signature } from '../signature/signature'

describe('signatures as a line of text', () => {
  /** The fields in DSPy's order, each with the name of its type in prompts. */
  it.each<[line: string, inputs: readonly string[], outputs: readonly string[]]>([
    ['question -> answer', ['question: str'], ['answer: str']],
    ['-> a', [], ['a: str']],
    ['q ->', ['q: str'], []],
    ['->', [], []],
    ['q: list[str] ,\n n : int, -> a', ['q: list[str]', 'n: int'], ['a: str']],
    ['x: None -> a', ['x: str'], ['a: str']],
    ['x: datetime.datetime -> a', ['x: datetime'], ['a: str']],
    [
      'x: int, y: float, z: bool -> a: list, b: dict, c: tuple, d: set',
      ['x: int', 'y: float', 'z: bool'],
      ['a: list', 'b: dict', 'c: tuple', 'd: set'],
    ],
    [
      'x: Any, y: Union[int, str] -> a: List[int], b: Dict[str, int]',
      ['x: Any', 'y: Union[int, str]'],
      ['a: list[int]', 'b: dict[str, int]'],
    ],
    ['x: list[str] -> a: dict[str, Any], b: tuple[int, ...]', ['x: list[str]'], ['a: dict[str, Any]', 'b: tuple[int, Ellipsis]']],
    ['x: Optional[int] -> a: int | str | None', ['x: Union[int, NoneType]'], ['a: Union[int, str, NoneType]']],
    ["x: Literal['a', 1, None] -> a: Annotated[int, Field(gt=3)]", ["x: Literal['a', 1, None]"], ['a: int']],
    ["x: dspy.Image, y: dspy.Code -> a: dspy.Code['python']", ['x: Image', 'y: Code'], ['a: Code_python']],
  ])('§1.1 `%s` is read', (line, inputs, outputs) => {
    const read = parseSignatureLine(line)
    const shown = (side: typeof read.inputs) => side.map(({ name, type }) => `${name}: ${promptTypeName(type)}`)
    expect([shown(read.inputs), shown(read.outputs)]).toEqual([inputs, outputs])
  })

  it.each([
    ['q', 'has no arrow'],
    ['a -> b -> c', 'has two arrows'],
    ['1x -> a', 'has a name that begins with a digit'],
    ['x-y -> a', 'has a name with a sign in it'],
    ['class -> a', 'has a keyword of Python for a name'],
    ['q -> q', 'has one name on both sides'],
    ["x: 'str' -> a", 'has a quoted type'],
    ['x: nope -> a', 'has an unknown type'],
    ['x: object -> a', 'has the type `object`'],
    ['x: type -> a', 'has the type `type`'],
    ['x: Optional[int, str] -> a', 'has two types in `Optional`'],
    ['x: List -> a', 'has a name of `typing` without its brackets'],
    ['x: bytearray -> a', 'has a type that no schema describes'],
  ])('§1.1 `%s` is refused: it %s', line => {
    expect(() => parseSignatureLine(line)).toThrow(expect.objectContaining({ code: 'signature-syntax' }))
  })

  it('§1.1 a user’s own class is a type where it is known, and an unknown name elsewhere', () => {
    const point = { kind: 'class', name: 'Pt', fields: [{ name: 'x', type: { kind: 'int' } }] } as const
    expect(parseSignatureLine('q -> p: list[Pt]', [point]).outputs[0]?.type).toEqual({ kind: 'list', of: point })
    expect(() => parseSignatureLine('q -> p: list[Pt]')).toThrow(expect.objectContaining({ code: 'signature-syntax' }))
  })

  it.each([
    ['q, q -> a', 'a name that stands twice on one side'],
    ['*args, q -> a', '`*args`, with which DSPy drops `q`'],
    ['x: bytes -> a', 'bytes, for which JSON has no place'],
  ])('§1.1 differs on purpose: `%s` is refused for %s, which DSPy takes', line => {
    expect(() => parseSignatureLine(line)).toThrow(expect.objectContaining({ code: 'signature-syntax' }))
  })

  it('§1.1 differs on purpose: a default is kept, which DSPy drops; it has to fit its type', () => {
    expect(parseSignatureLine("q: str = 'x' -> a").inputs[0]).toEqual({ name: 'q', type: { kind: 'str' }, default: 'x' })
    expect(checkFields(signatureOf("k: int = 'x' -> a").fields)).toHaveLength(1)
  })

  it('§1.1 differs on purpose: `datetime` alone is the type that prompts call so, where DSPy finds a module', () => {
    expect(parseSignatureLine('x: datetime -> a').inputs[0]?.type).toEqual({ kind: 'datetime' })
  })

  it('§1.1 differs on purpose: an arrow in quotes is no second arrow, and an option may be below zero', () => {
    expect(parseSignatureLine("q -> a: Literal['->', -1]").outputs[0]?.type).toEqual({ kind: 'enum', values: ['->', -1] })
  })
})

describe('signatures as Python classes', () => {
  const source = [
    'import dspy',
    'class Rate(dspy.Signature):',
    '    """  Do this.',
    '',
    '        Indented.',
    '    """',
    '    stars: int = dspy.OutputField(gt=1, le=5, desc="how good")',
    '    review = dspy.InputField(description="what was written", prefix="Text:")',
    'class Longer(Rate):',
    '    reason: str = dspy.OutputField()',
    'class Bare(dspy.Signature):',
    '    q: str = dspy.InputField()',
    '    a: str = dspy.OutputField()',
  ].join('\n')
  const { signatures } = readPythonSignatures(source)
  const named = (name: string) => signatures.find(one => one.name === name)

  it('§1.2 the docstring is the instructions, cleaned; a class without one inherits them', () => {
    expect(named('Rate')?.instructions).toBe('Do this.\n\nIndented.')
    expect(named('Longer')?.instructions).toBe('Do this.\n\nIndented.')
    expect(named('Bare')?.instructions).toBeUndefined()
  })

  it('§1.2 inputs come first, then outputs, each in the order of declaration', () => {
    expect(named('Rate')?.fields.map(({ name, role }) => `${role} ${name}`)).toEqual(['input review', 'output stars'])
    expect(named('Longer')?.fields.map(({ name }) => name)).toEqual(['review', 'stars', 'reason'])
  })

  it('§1.2 a field without an annotation is a `str`; one that is neither input nor output is refused', () => {
    expect(named('Rate')?.fields[0]?.type).toEqual({ kind: 'str' })
    const wrong = readPythonSignatures(`${source}\nclass Wrong(dspy.Signature):\n    q: str\n    a: str = dspy.OutputField()`)
    expect(wrong.missing.map(({ message }) => message)).toEqual([expect.stringContaining('`q` needs dspy.InputField()')])
  })

  it('§1.2 the `signature` of a signature is its names alone, inputs before outputs', () => {
    const fields = (named('Longer')?.fields ?? []).map(field => ({ ...field, id: field.name, type: { kind: 'str' } as const }))
    expect(printSignatureLine(fields)).toBe('review -> stars, reason')
  })

  it('§1.4 a description is `desc`, or `description` where that is absent; a prefix and bounds are kept', () => {
    expect(named('Rate')?.fields).toEqual([
      { name: 'review', role: 'input', type: { kind: 'str' }, desc: 'what was written', prefix: 'Text:' },
      { name: 'stars', role: 'output', type: { kind: 'int' }, desc: 'how good', constraints: { gt: 1, le: 5 } },
    ])
  })
})

describe('default instructions', () => {
  const backticked = (text: string): readonly string[] => [...text.matchAll(/`[^`]*`(?:, `[^`]*`)*/g)].map(([found]) => found)

  it('§1.3 one sentence: a clause of the inputs, then one of the outputs, names in backticks with commas between', () => {
    const { instructions } = signatureOf('a, b: int -> c, d: bool')
    expect(backticked(instructions)).toEqual(['`a`, `b`', '`c`, `d`'])
    expect(instructions).not.toContain('\n')
  })

  it('§1.3 a docstring that is an empty text stays empty; in a call it counts as none', () => {
    const empty =
      'import dspy\nclass A(dspy.Signature):\n    ""\n    q = dspy.InputField()\n    a = dspy.OutputField()\nB = dspy.Signature("q -> a", "")'
    expect(readPythonSignatures(empty).signatures.map(({ name, instructions }) => [name, instructions])).toEqual([
      ['A', ''],
      ['B', undefined],
    ])
  })

  it('§2.2 empty instructions have no line below the label of the objective', () => {
    expect(systemOf(signatureOf('q -> a', '')).endsWith(`[[ ## completed ## ]]\n${frameText.objective}`)).toBe(true)
  })

  it.each(['a\r\nb\r\n', 'a\rb', 'a\vb', 'a\u2028b', 'a\u0085b'])('§2.2 the instructions %j are two lines', instructions => {
    expect(systemOf(signatureOf('q -> a', instructions)).endsWith(`${frameText.objective}\n        a\n        b`)).toBe(true)
  })

  it('§1.3 they are made of the written fields: what a module adds is not among them', async () => {
    const { chainOfThought } = await import('../modules/chain-of-thought')
    const { fields } = signatureOf('question -> answer')
    const [slot] = chainOfThought.slots({ kind: 'signature', id: 'n', name: 'N', module: 'chain-of-thought', moduleParams: {}, fields })
    expect(slot?.defaultInstructions).toBe(defaultInstructions(fields))
    expect(slot?.signature(slot.defaultInstructions).fields.map(({ name }) => name)).toEqual(['question', 'reasoning', 'answer'])
    expect(slot?.defaultInstructions).not.toContain('reasoning')
  })

  it.each([
    ['tabs are eight spaces', 'One\n\ttwo\n        three', 'One\ntwo\nthree'],
    ['the first line loses the space before it, the others what they share', '  First\n    two\n      three', 'First\ntwo\n  three'],
    ['empty lines at both ends go', '\n\n  a\n  b\n\n', 'a\nb'],
    ['space behind a line stays', 'a  \nb', 'a  \nb'],
  ])('§1.3 read as a docstring: %s', (_fact, text, cleaned) => {
    expect(cleanInstructions(text)).toBe(cleaned)
  })
})

describe('what a field has beside its type', () => {
  it('§1.4 the prefix is the label of the name with a colon, unless the field has its own', () => {
    expect(fieldPrefix({ name: 'some_name' })).toBe('Some Name:')
    expect(fieldPrefix({ name: 'some_name', prefix: 'Q)' })).toBe('Q)')
  })

  it('§1.4 the prefix is in no prompt', () => {
    expect(systemOf(signatureOf('q -> a', '', { q: { prefix: 'PREFIX:' } }))).not.toContain('PREFIX')
  })

  it('§1.4 the description `${name}` is none', () => {
    expect(systemOf(signatureOf('q -> a', '', { q: { desc: '${q}' } }))).toBe(systemOf(signatureOf('q -> a', '')))
    expect(systemOf(signatureOf('q -> a', '', { q: { desc: '${x}' } }))).toContain('1. `q` (str): ${x}\n')
  })

  it('§1.4 bounds are label, colon, value, with commas between, on a line of their own without an indent', () => {
    const { bounds } = frameText
    const system = systemOf(
      signatureOf('q, n: float -> a: int', '', {
        q: { constraints: { minLength: 2, maxLength: 9 } },
        n: { constraints: { gt: -1, ge: 0, lt: 8, le: 7, multipleOf: 0.5, allowInfNan: false } },
        a: { desc: 'D', constraints: { ge: 1 } },
      }),
    )
    expect(system).toContain(`1. \`q\` (str): \nConstraints: ${bounds.minLength}: 2, ${bounds.maxLength}: 9\n2. \`n\` (float): \n`)
    expect(system).toContain(`${bounds.multipleOf}: 0.5, ${bounds.allowInfNan}: False\n`)
    expect(system).toContain(`1. \`a\` (int): D\nConstraints: ${bounds.ge}: 1\n`)
  })

  it('§1.4 differs on purpose: bounds come in one order, which in DSPy is that of the call', () => {
    const both = [{ constraints: { lt: 8, gt: 1 } }, { constraints: { gt: 1, lt: 8 } }].map(n =>
      systemOf(signatureOf('n: int -> a', '', { n })),
    )
    expect(both[0]).toBe(both[1])
  })

  it('§1.4 bounds that stand in the type alone are no text of the field', () => {
    const signature = signatureOf('n: Annotated[int, Field(gt=3)] -> a', '')
    expect(typeName(signature.fields[0]?.type ?? { kind: 'str' })).toBe('Annotated[int, Field(gt=3)]')
    expect(systemOf(signature)).toContain('1. `n` (int):\n')
    expect(systemOf(signature)).not.toContain('Constraints')
  })
})

describe('labels of names', () => {
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
    ['maxTokens2', 'Max Tokens 2'],
    ['userID', 'User ID'],
    ['GPT4o', 'GPT 4 O'],
    ['url', 'Url'],
    ['x__y', 'X  Y'],
  ])('§1.5 label of `%s`: %s', (name, label) => {
    expect(inferPrefix(name)).toBe(label)
  })
})

function systemOf(signature: Signature): string {
  return plainMessages(adapters.chat.format(signature, [], {}))[0]?.content ?? ''
}
