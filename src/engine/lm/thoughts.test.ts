import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitThoughts } from './thoughts'

const marked = (answer: string) => `[[ ## answer ## ]]\n${answer}\n\n[[ ## completed ## ]]`
const openers = ['<think>', '<THINK>', '<thinking>', '<Thought>', '<thoughts >', '<seed:think>', '[THINK]', '◁think▷']
const closerOf = (opener: string) => `${opener.slice(0, 1)}/${opener.slice(1)}`

describe('takes out', () => {
  test.each<readonly [string, string, string, readonly string[]]>([
    ['a thought in front', '<think>\nRome?\n</think>\n\nOslo', 'Oslo', ['Rome?']],
    ['a thought that quotes the layout', `<think>\n${marked('Rome')}\n</think>\n${marked('Oslo')}`, marked('Oslo'), [marked('Rome')]],
    ['a thought without its opening tag', 'Rome? No.</think>Oslo', 'Oslo', ['Rome? No.']],
    [
      'a draft without opening tag',
      `${marked('{answer}')}\nSure.\n</think>\n\n${marked('Oslo')}`,
      marked('Oslo'),
      [`${marked('{answer}')}\nSure.`],
    ],
    ['a draft before JSON', '{"answer": "Rome"} no</think>\n{"answer": "Oslo"}', '{"answer": "Oslo"}', ['{"answer": "Rome"} no']],
    [
      'a draft of fields before JSON',
      '[[ ## answer ## ]]\nRome\nno</think>\n{"answer": "Oslo"}',
      '{"answer": "Oslo"}',
      ['[[ ## answer ## ]]\nRome\nno'],
    ],
    [
      'a draft of other fields',
      'So:\n[[ ## label ## ]]\nRome, sure.</think>\n\n' + marked('Oslo'),
      marked('Oslo'),
      ['So:\n[[ ## label ## ]]\nRome, sure.'],
    ],
    ['a draft of fields before prose', 'So:\n[[ ## answer ## ]]\nRome\n</think>\n\nOslo', 'Oslo', ['So:\n[[ ## answer ## ]]\nRome']],
    ['a thought that never ends', '<think>\nfirst, [[ ## answer ## ]] Rome', '', ['first, [[ ## answer ## ]] Rome']],
    ['two thoughts in a row', '<think>a</think>\n<think>b</think>\nOslo', 'Oslo', ['a', 'b']],
    ['a thought in a thought', '<think>a<think>b</think>c</think>\n\nOslo', 'Oslo', ['a<think>b', 'c']],
    ['a thought at the start of a value', marked('<think>short</think>\nOslo'), marked('\nOslo'), ['short']],
    [
      'a thought after a greeting',
      `Sure.\n<think>${marked('Rome')}</think>\n${marked('Oslo')}`,
      `Sure.\n\n${marked('Oslo')}`,
      [marked('Rome')],
    ],
    ['a thought between a greeting and JSON', 'Hm. <think>{"a": "Rome"}</think>\n{"a": "Oslo"}', 'Hm. \n{"a": "Oslo"}', ['{"a": "Rome"}']],
    ['a fence in a thought', '<think>\n```\nold\n```\ndraft\n</think>\n\n```\nnew\n```', '```\nnew\n```', ['```\nold\n```\ndraft']],
    [
      'a fence in a thought without opening tag',
      'was\n```\nold\n```\ndraft\n</think>\n\n```\nnew\n```',
      '```\nnew\n```',
      ['was\n```\nold\n```\ndraft'],
    ],
    ['a thought that speaks of the tag', 'They want <think> tags.\n</think>\n\nOslo', 'Oslo', ['They want <think> tags.']],
    ['a thought that quotes its own end', '<think>I end with `</think>` later</think>Oslo', 'Oslo', ['I end with `</think>` later']],
    ['quotation marks on both sides', 'it is "Rome"</think>"Oslo"', '"Oslo"', ['it is "Rome"']],
    ['an empty thought', '<think>\n\n</think>\n\nOslo', 'Oslo', []],
    ['a thought closed by another name', '<thinking>Rome</think>Oslo', 'Oslo', ['Rome']],
    ['an unended thought in the last field', '[[ ## answer ## ]]\n<think>\nRome, or', '[[ ## answer ## ]]\n', ['Rome, or']],
  ])('%s', (_, given, text, thoughts) => {
    expect(splitThoughts(given)).toEqual({ text, thoughts })
  })
})

test.each([
  marked('Close it with </think> and go on.'),
  marked('Write <think>x</think> there.'),
  marked('Write\n<think>\nx\n</think>\nthere.'),
  `Sure:\n${marked('Close it with </think> and go on.')}`,
  `[[ ## reasoning ## ]]\nThe tag is </think>.\n\n${marked('it')}`,
  '[[ ## open ## ]]\n<think>\n\n[[ ## close ## ]]\n</think>\n\n[[ ## completed ## ]]',
  '{"answer": "Close it with </think>.", "n": 1}',
  'Here:\n{"answer": "<think>x</think>", "n": 1}',
  '```json\n{"answer": "a </think> b"}\n```',
  '{"answer": "cut after </think> he',
  '```\nThink in <think> first.\n<think>\nlike so\n</think>\n```',
  '<answer>Close it with </think>.</answer>\n<note>y</note>',
  'Use `</think>` to end.',
  'The tags are "<think>" and "</think>".',
  'Think between <think> and </think>, then answer.',
  'No tags, <thinker> </rethink> [think about it] at all.',
])('leaves a value as it is: %s', text => {
  expect(splitThoughts(text)).toEqual({ text, thoughts: [] })
})

const noTags = fc.string({ unit: 'grapheme' }).filter(text => !/th(?:ink|ought)/i.test(text))
const words = fc
  .array(fc.constantFrom('the', 'answer', 'Oslo', '{', '}', '"', '\n', '```', "it's", '[[ ## answer ## ]]', '[[ ## completed ## ]]'), {
    maxLength: 12,
  })
  .map(list => list.join(' '))

test('a text without tags stays as it is', () => {
  fc.assert(
    fc.property(noTags, text => {
      expect(splitThoughts(text)).toEqual({ text, thoughts: [] })
    }),
  )
})

test('whatever is thought before the answer, the answer is what comes after it', () => {
  fc.assert(
    fc.property(fc.oneof(noTags, words), fc.oneof(noTags, words), fc.constantFrom(...openers), (thought, answer, opener) => {
      const split = splitThoughts(`${opener}${thought}${closerOf(opener)}\n\n${answer}`)
      expect(split).toEqual({ text: answer.trimStart(), thoughts: thought.trim() === '' ? [] : [thought.trim()] })
    }),
  )
})

test('without the opening tag, too, for an answer in fields, in JSON, in a fence or in plain words', () => {
  const plain = noTags.filter(text => !/[`"'{[“‘]/.test(text))
  const answers = plain.chain(text => fc.constantFrom(marked(text), JSON.stringify({ answer: text }), `\`\`\`\n${text}\n\`\`\``, text))
  fc.assert(
    fc.property(plain, answers, fc.constantFrom(...openers), (thought, answer, opener) => {
      expect(splitThoughts(`${thought}${closerOf(opener)}\n${answer}`).text).toBe(answer.trimStart())
    }),
  )
})

test('a value that speaks of the tags in its middle comes through whole, in every layout', () => {
  const tag = fc.constantFrom(...openers.flatMap(opener => [opener, closerOf(opener)]))
  const value = fc
    .tuple(
      noTags.filter(text => text.trim() !== ''),
      fc.array(fc.tuple(tag, noTags), { minLength: 1, maxLength: 4 }),
    )
    .map(([first, rest]) => `say ${first}${rest.flat().join('')}`)
    .filter(text => !text.includes('[[ ##') && !text.includes('```'))
  fc.assert(
    fc.property(value, text => {
      for (const answer of [marked(text), JSON.stringify({ answer: text, n: 1 }), `\`\`\`\n${text}\n\`\`\``])
        expect(splitThoughts(answer)).toEqual({ text: answer, thoughts: [] })
    }),
  )
})

test('reading twice changes nothing more in a marked answer', () => {
  fc.assert(
    fc.property(noTags, noTags, (thought, answer) => {
      const once = splitThoughts(`<think>${thought}</think>${marked(answer)}`).text
      expect(splitThoughts(once).text).toBe(once)
    }),
  )
})

test.each([
  '<think>',
  '</think>',
  '<think></think>',
  '[[ ## a ## ]]<think>',
  '{"',
  '{"a":"</think>"}',
  '<a>',
  '``` \n',
  '<think> \n\n',
  '<',
])('takes time in line with the length: %s', piece => {
  const long = piece.repeat(200_000 / piece.length)
  const start = performance.now()
  for (const text of [long, `a${long}`, `${long}</think>`, `<think>${long}`, `x </think>${long}`]) splitThoughts(text)
  expect(performance.now() - start).toBeLessThan(3000)
})
