import { describe, expect, it } from 'vitest'
import type { Demo } from '../program/program'
import type { Signature } from '../signature/signature'
import { parseSignatureLine } from '../signature/parse-signature'
import { frameText } from './frame-text'
import { xmlAdapter } from './xml'

function signatureOf(line: string): Signature {
  const { inputs, outputs } = parseSignatureLine(line)
  const fieldsOf = (side: typeof inputs, role: 'input' | 'output') =>
    side.map(({ name, type }) => ({ id: name, name, type, role, desc: '' }))
  return { instructions: 'Do it.', fields: [...fieldsOf(inputs, 'input'), ...fieldsOf(outputs, 'output')] }
}

describe('xml layout', () => {
  const signature = signatureOf(
    "q, ds: list[str] -> a, l: list[str], d: dict[str, int], o: Optional[list[int]], b: bool, nn: list[list[dict[str, float]]], e: Literal['x', 'y']",
  )
  // The tags of these strings are what DSPy 3.4.1 writes for the same signature and values.
  it('shows scalars in blocks and nested outputs as a skeleton', () => {
    const [system, request] = xmlAdapter.format(signature, [], { q: 'Q', ds: ['d'] }).map(message => message.content)
    expect(system).toContain(
      `${frameText.introduction}\n\n<q>\n{q}\n</q>\n\n<ds>\n{ds}\n</ds>\n\n<a>\n{a}\n</a>\n\n<l><item>...</item></l>\n\n<d>...</d>\n\n` +
        `<o><item>...</item></o>\n\n<b>\n{b}        # note: ${frameText.boolNote}\n</b>\n\n<nn><item><item>...</item></item></nn>\n\n` +
        `<e>\n{e}        # note: ${frameText.optionsNote(['x', 'y'])}\n</e>\n${frameText.objective}\n        Do it.`,
    )
    expect(request).toBe(
      '<q>\nQ\n</q>\n\n<ds>\n["d"]\n</ds>\n\nNow write these tags, each around its value: `<a>`, then `<l>`, then `<d>`, then `<o>`, ' +
        'then `<b>`, then `<nn>`, then `<e>`. ' +
        'Nest what has parts in this way: <l><item>...</item></l> <d>...</d> <o><item>...</item></o> <nn><item><item>...</item></item></nn>',
    )
  })

  it('escapes outputs, leaves inputs alone, and gives keys that are no tags to entries', () => {
    const demo: Demo = {
      q: 'a<b&c\n"é"',
      ds: ['<x>'],
      a: 'x < y & z "q"',
      l: ['one', '<b>&'],
      d: { 'k y': 1, ok: 2, item: 3, '"': 4, '\'"\n': 5 },
      o: [1, 2],
      b: true,
      nn: [[{ a: 1 }], []],
      e: 'x',
    }
    const [, user, assistant] = xmlAdapter.format(signature, [demo], { q: '' }).map(message => message.content)
    expect(user).toBe('<q>\na<b&c\n"é"\n</q>\n\n<ds>\n["<x>"]\n</ds>')
    expect(assistant).toBe(
      '<a>\nx &lt; y &amp; z "q"\n</a>\n\n<l><item>one</item><item>&lt;b>&amp;</item></l>\n\n' +
        '<d><entry key="k y">1</entry><ok>2</ok><item>3</item><entry key=\'"\'>4</entry><entry key="\'&quot;&#10;">5</entry></d>\n\n' +
        '<o><item>1</item><item>2</item></o>\n\n<b>\nTrue\n</b>\n\n<nn><item><item><a>1.0</a></item></item><item /></nn>\n\n<e>\nx\n</e>',
    )
  })

  it('fills what an incomplete demo lacks', () => {
    const answer = xmlAdapter.format(signatureOf('q -> a, l: list[int], o: Optional[int]'), [{ q: 'x', l: [], o: null }], { q: '' })[2]
    expect(answer?.content).toBe(`<a>\n${frameText.leftOut}\n</a>\n\n<l />\n\n<o>\nNone\n</o>`)
  })
})

describe('xml parse', () => {
  it.each([
    ['<a>yes</a>', 'yes'],
    ['I think so.\n```xml\n<a kind="x > y">\n  yes\n</a>\n```\nThat is it.', 'yes'],
    ['<answer><a>yes</a></answer>', 'yes'],
    ['<a>yes', 'yes'],
    ['```xml\n<a>\nyes\n```', 'yes'],
    ['I fill <a> now. <a>yes</a>', 'yes'],
    ['<a>first</a><a>second</a>', 'first'],
    ['<a>1 < 2 && 3 > 2, &amp;amp; &lt;b> &#233; &#x1F600; &nbsp; &#xD800;</a>', '1 < 2 && 3 > 2, &amp; <b> é 😀 &nbsp; &#xD800;'],
    ['<a>Use <b>bold</b> and <br/></a>', 'Use <b>bold</b> and <br/>'],
    ['<a><![CDATA[</a> & &amp;]]></a>', '</a> & &amp;'],
    ['<a><a>deep</a></a>', '<a>deep</a>'],
    ['<a></a>', ''],
    ['<a>x\r\n  y</a>', 'x\r\n  y'],
  ])('reads %j', (text, a) => {
    expect(xmlAdapter.parse(signatureOf('q -> a'), text)).toEqual({ a })
  })

  it('ends an unclosed tag where the next one begins, and takes no tag out of another value', () => {
    const signature = signatureOf('q -> a, b')
    expect(xmlAdapter.parse(signature, '<a>one\n<b>two</b>')).toEqual({ a: 'one', b: 'two' })
    expect(xmlAdapter.parse(signature, '<a>put it in <b>tags</b></a><b>two</b>')).toEqual({ a: 'put it in <b>tags</b>', b: 'two' })
  })

  it.each([
    ['list[int]', '<v><item>1</item>\n <item> 2 </item></v>', [1, 2]],
    ['list[int]', '<v>1</v><v>2</v>', [1, 2]],
    ['list[int]', '<v>[1, 2]</v>', [1, 2]],
    ['list[str]', '<v><item>a &lt; b</item><item><b>x</b></item><item/></v>', ['a < b', '<b>x</b>', '']],
    ['list[int]', '<v/>', []],
    ['dict[str, list[int]]', '<v><x><item>1</item></x><entry key="a b">[2]</entry></v>', { x: [1], 'a b': [2] }],
    ['dict[str, str]', '<v>{"x": "y"}</v>', { x: 'y' }],
    ["{'p': Optional[int], 'q': bool}", '<v><q>yes</q><p/></v>', { p: null, q: true }],
    ['Optional[list[int]]', '<v>None</v>', null],
    ['list[Any]', '<v><item>1</item><item><x>two</x></item></v>', [1, { x: 'two' }]],
  ])('reads nested %s of %j', (type, text, v) => {
    expect(xmlAdapter.parse(signatureOf(`q -> v: ${type}`), text)).toEqual({ v })
  })

  it('says what is missing or unreadable', () => {
    expect(() => xmlAdapter.parse(signatureOf('q -> a, n: int'), '<n>many</n>')).toThrow(
      expect.objectContaining({
        code: 'adapter-parse',
        facts: expect.objectContaining({ adapter: 'xml', missing: ['a'], unreadable: ['n'] }),
      }),
    )
    expect(() => xmlAdapter.parse(signatureOf('q -> a'), '')).toThrow('empty answer')
  })
})
