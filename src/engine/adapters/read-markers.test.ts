import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSignatureLine } from '../signature/parse-signature'
import type { Signature } from '../signature/signature'
import { chatAdapter } from './chat'
import { jsonAdapter } from './json'
import { readMarked } from './read-markers'
import { xmlAdapter } from './xml'

function signatureOf(line: string): Signature {
  const { inputs, outputs } = parseSignatureLine(line)
  const fields = [
    ...inputs.map(({ name, type }) => ({ id: name, name, type, role: 'input' as const, desc: '' })),
    ...outputs.map(({ name, type }) => ({ id: name, name, type, role: 'output' as const, desc: '' })),
  ]
  return { instructions: 'Answer.', fields }
}

const marker = (name: string): string => `[[ ## ${name} ## ]]`
const signature = signatureOf('q -> reasoning, answer')
/** Without `2.` alone on a line, which in front of a marker is the number of an item. */
const words = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ,'()-]{0,20}[A-Za-z0-9.]$/).filter(text => !/^\d+\.$/.test(text))
/** Values of one or more lines, none of which looks like a fence or a quote. */
const value = fc.array(words, { minLength: 1, maxLength: 3 }).map(lines => lines.join('\n'))

type Layout = (reasoning: string, answer: string) => string
const layouts: Readonly<Record<string, Layout>> = {
  'the layout asked for': (r, a) => `${marker('reasoning')}\n${r}\n\n${marker('answer')}\n${a}\n\n${marker('completed')}`,
  'all in one line': (r, a) => `${marker('reasoning')} ${r} ${marker('answer')} ${a} ${marker('completed')}`,
  glued: (r, a) => `${marker('reasoning')}${r}${marker('answer')}${a}${marker('completed')}`,
  'behind a sentence': (r, a) => `Sure: ${marker('reasoning')}\n${r}${marker('answer')}\n${a}${marker('completed')} Done.`,
  'with colons': (r, a) => `${marker('reasoning')}: ${r}\n${marker('answer')}:\n${a}\n${marker('completed')}`,
  bold: (r, a) => `**${marker('reasoning')}**\n${r}\n**${marker('answer')}:** ${a}\n**${marker('completed')}**`,
  'bold in a line': (r, a) => `**${marker('reasoning')}** ${r} **${marker('answer')}** ${a} **${marker('completed')}**`,
  italic: (r, a) => `*${marker('reasoning')}*\n${r}\n_${marker('answer')}_\n${a}\n_${marker('completed')}_`,
  'as code': (r, a) => `\`${marker('reasoning')}\`\n${r}\n\`${marker('answer')}\`\n${a}`,
  headings: (r, a) => `### ${marker('reasoning')}\n${r}\n\n## ${marker('answer')}\n${a}\n`,
  'a list': (r, a) => `- ${marker('reasoning')} ${r}\n- ${marker('answer')} ${a}\n- ${marker('completed')}`,
  'a numbered list': (r, a) => `1. ${marker('reasoning')}\n${r}\n2. ${marker('answer')}\n${a}`,
  indented: (r, a) => `  \t${marker('reasoning')}\n${r}\n${' '.repeat(40)}${marker('answer')}\n${a}\n    ${marker('completed')}`,
  quoted: (r, a) =>
    [marker('reasoning'), ...r.split('\n'), marker('answer'), ...a.split('\n'), marker('completed')].map(line => `> ${line}`).join('\n'),
  'in one fence': (r, a) => `\`\`\`text\n${marker('reasoning')}\n${r}\n${marker('answer')}\n${a}\n\`\`\``,
  'in a fence that ends late': (r, a) =>
    `Here:\n\`\`\`\n${marker('reasoning')}\n${r}\n${marker('answer')}\n${a}\n${marker('completed')}\n\`\`\``,
  'a fence each': (r, a) => `\`\`\`\n${marker('reasoning')}\n${r}\n\`\`\`\n\`\`\`\n${marker('answer')}\n${a}\n\`\`\``,
  'markers in fences': (r, a) => `\`\`\`\n${marker('reasoning')}\n\`\`\`\n${r}\n\`\`\`\n${marker('answer')}\n\`\`\`\n${a}`,
  narrow: (r, a) => `[[## reasoning ##]]\n${r}\n[[##answer##]]\n${a}\n[[##completed##]]`,
  'the other way round': (r, a) => `${marker('answer')} ${a}\n${marker('reasoning')} ${r}${marker('completed')}`,
}

describe('markers', () => {
  it.each(Object.entries(layouts))('are read in %s', (_, layout) => {
    fc.assert(
      fc.property(value, value, (reasoning, answer) => {
        expect(chatAdapter.parse(signature, layout(reasoning, answer))).toEqual({ reasoning, answer })
        expect(chatAdapter.parse(signature, layout(reasoning, answer).replaceAll('\n', '\r\n'))).toEqual({ reasoning, answer })
      }),
      { numRuns: 100 },
    )
  })

  it('of other fields, or named in a sentence, stay text', () => {
    const mentions = fc.constantFrom(
      `see ${marker('other')} for it`,
      `now ${marker('answer')} follows`,
      `end with ${marker('completed')} here`,
      `(${marker('q')})`,
      `x ${marker('reasoning')}: y`,
      '[[ ## ]] and [[ 1, 2 ]]',
      `**bold ${marker('other')}**`,
      `${marker('other')}`.replace('##', '#'),
    )
    const text = fc.array(fc.oneof(words, mentions), { minLength: 1, maxLength: 4 }).map(lines => lines.join('\n'))
    fc.assert(
      fc.property(text, text, (reasoning, answer) => {
        const whole = `${marker('reasoning')}\n${reasoning}\n\n${marker('answer')}\n${answer}\n\n${marker('completed')}`
        expect(chatAdapter.parse(signature, whole)).toEqual({ reasoning, answer })
      }),
      { numRuns: 500 },
    )
  })

  it('leave values as they are that look a little like layout', () => {
    const parse = (text: string): unknown => chatAdapter.parse(signatureOf('q -> answer'), text)['answer']
    expect(parse(`${marker('answer')} :)`)).toBe(':)')
    expect(parse(`${marker('answer')} **yes**`)).toBe('**yes**')
    expect(parse(`**${marker('answer')} yes**`)).toBe('yes')
    expect(parse(`${marker('answer')}\n\`\`\`py\nx = 1\n\`\`\`\n${marker('completed')}`)).toBe('```py\nx = 1\n```')
    expect(parse(`${marker('answer')}\n\`\`\`py\nx = 1\n\`\`\``)).toBe('```py\nx = 1\n```')
    expect(parse(`\`\`\`\n${marker('answer')}\n\`\`\`py\nx = 1\n\`\`\`\n\`\`\``)).toBe('```py\nx = 1\n```')
    expect(parse(`${marker('answer')}\n- 5`)).toBe('- 5')
    for (const text of ['+', '-', '#', '5.', '2.']) expect(parse(`${marker('answer')}\n${text} ${marker('completed')}`)).toBe(text)
    expect(parse(`${marker('answer')} -5 ${marker('completed')}`)).toBe('-5')
    expect(parse(`I fill ${marker('answer')} now.\n${marker('answer')}\nParis`)).toBe('Paris')
    expect(parse(`\`${marker('answer')}\` is next.\n\n${marker('answer')}\nParis`)).toBe('Paris')
  })

  it('are found in time that grows with the text', () => {
    const pieces = [
      '[[ ## answer ## ]]',
      '[[ ## ',
      '[[',
      '**',
      '`',
      '> ',
      '- ',
      '```\n',
      '[[ ## x ## ]] ',
      ' ',
      '1. ',
      '[[ ## answer ## ]]\n',
      '\n> [[ ## a',
      '**[[ ## completed ## ]]** ',
    ]
    const wanted = new Set(['answer'])
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length))
      const from = performance.now()
      readMarked(`[[ ## answer ## ]] ${text}`, wanted)
      expect(performance.now() - from).toBeLessThan(2000)
    }
  })
})

describe('the other layouts', () => {
  const around = fc.constantFrom<(text: string) => string>(
    text => text,
    text => `Sure, here it is: ${text}`,
    text => `${text}\nHope that helps!`,
    text => `\`\`\`\n${text}\n\`\`\``,
    text => `I thought about it.\n\`\`\`json\n${text}\n\`\`\`\nDone.`,
    text => `    ${text}`,
    text => `**${text}**`,
  )
  it('are read in fences, in prose and with attributes', () => {
    fc.assert(
      fc.property(value, value, around, fc.constantFrom('', ' type="str"', ' lang=\'en\' n="1"'), (reasoning, answer, wrap, attributes) => {
        expect(jsonAdapter.parse(signature, wrap(JSON.stringify({ reasoning, answer })))).toEqual({ reasoning, answer })
        const xml = `<reasoning${attributes}>${reasoning}</reasoning> <answer${attributes}>\n${answer}\n</answer>`
        expect(xmlAdapter.parse(signature, wrap(xml))).toEqual({ reasoning, answer })
      }),
      { numRuns: 300 },
    )
  })
})
