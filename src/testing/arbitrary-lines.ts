import fc from 'fast-check'

const names = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...'question answer camelCase HTMLParser text2number item_1st x2 é größe_2 日本 myURL2x some_long_name print copy json dict iPhone A_B'.split(
        ' ',
      ),
    ),
  },
  { weight: 3, arbitrary: fc.stringMatching(/^[a-zA-Zéß][a-zA-Z0-9_é]{0,6}$/) },
  { weight: 1, arbitrary: fc.constantFrom('instructions', 'fields', 'ﬁ') },
)

const defaults = fc.constantFrom("'x'", '3', 'None', '[1, 2]', "{'a': 1}", '(1, 2)', 'True', '-1', 'f(1)', 'lambda x: x')

const plain = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'str int float bool Any list dict tuple set'.split(' ')) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...'None NoneType Text datetime.date datetime.datetime datetime.time dspy.Image typing.Any'.split(' ')),
  },
  { weight: 1, arbitrary: fc.constantFrom(...'List Dict Tuple Set Optional Union Literal Sequence frozenset'.split(' ')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(..."bytes complex strng object date datetime Image dspy.Nope 'str' 3 ... True uuid.UUID".split(' ')),
  },
)

const options = fc.constantFrom(
  "'a'",
  '"b"',
  `"it's"`,
  "'x' 'y'",
  '1',
  '2',
  '-1',
  'True',
  'None',
  "'->'",
  "'dark blue'",
  "'é'",
  'yes',
  "Literal['n', 1]",
)
const literal = fc.array(options, { minLength: 1, maxLength: 3 }).map(all => `Literal[${all.join(', ')}]`)

const types: fc.Arbitrary<string> = fc.letrec<{ type: string }>(tie => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: plain },
    { weight: 2, arbitrary: literal },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('list', 'List', 'set', 'Optional', 'typing.List', 'Sequence', 'frozenset', 'tuple'), tie('type'))
        .map(([name, of]) => `${name}[${of}]`),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('dict', 'Dict', 'tuple', 'Tuple', 'Union', 'list', 'Optional', 'Annotated'), tie('type'), tie('type'))
        .map(([name, first, second]) => `${name}[${first}, ${second}]`),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom('str', 'int', 'Literal["k"]'), tie('type')).map(([key, of]) => `dict[${key}, ${of}]`),
    },
    { weight: 2, arbitrary: fc.tuple(tie('type'), fc.constantFrom('None', 'str', 'int')).map(([a, b]) => `${a} | ${b}`) },
    { weight: 1, arbitrary: tie('type').map(of => `tuple[${of}, ...]`) },
    { weight: 1, arbitrary: tie('type').map(of => `(${of})`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'tuple[()]',
        'list[]',
        'dict[str]',
        'int[3]',
        "{'x': int}",
        'Annotated[int, Field(gt=3, le=9)]',
        "Annotated[str, Field(max_length=3), 'x']",
        "list['str']",
        'list[int',
        'list[None]',
      ),
    },
  ),
})).type

function side(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(field(), { maxLength: 4 }), fc.constantFrom(', ', ',', ' ,\n  '), fc.constantFrom('', '', '', ','))
    .map(([fields, comma, last]) => fields.join(comma) + (fields.length > 0 ? last : ''))
}

function field(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: names },
    { weight: 8, arbitrary: fc.tuple(names, fc.constantFrom(': ', ':', ' : '), types).map(parts => parts.join('')) },
    { weight: 1, arbitrary: fc.tuple(names, types, defaults).map(([name, type, value]) => `${name}: ${type} = ${value}`) },
    { weight: 1, arbitrary: fc.constantFrom('*args', '*', '**k', 'a b', '1x', 'x-y', '_x', 'class', 'a: ', 'match', 'a; b', '') },
  )
}

/**
 * Signature lines as people write them, and as they get them wrong: every form of DSPy's string grammar, odd arguments of types, names and
 * marks where they do not belong.
 */
export const signatureLines: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(side(), side()).map(([inputs, outputs]) => `${inputs} -> ${outputs}`) },
  { weight: 1, arbitrary: fc.tuple(side(), side()).map(([inputs, outputs]) => `${inputs}->${outputs}`) },
  { weight: 1, arbitrary: fc.tuple(side(), fc.constantFrom('->', '-> a ->', '=>', '')).map(([inputs, rest]) => inputs + rest) },
)
