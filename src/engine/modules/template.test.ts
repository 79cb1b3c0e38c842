import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { field } from '@/testing/toy-programs'
import type { ConstantNode, TemplateNode } from '../program/program'
import { constantStep } from './constant'
import { templateStep } from './template'
import { runTemplate } from './template-run'
import { readTemplate, templateNames, writeTemplate } from './template-text'

const node = (text: string, inputs: readonly string[] = [], outputs = [field('text', 'output')]): TemplateNode => ({
  kind: 'template',
  id: 't',
  name: 'Letter',
  moduleParams: { text },
  fields: [...inputs.map(name => ({ ...field(name, 'input'), id: `i-${name}` })), ...outputs],
})

describe('a template', () => {
  it('puts values into its text, with braces of its own where they are doubled', async () => {
    const letter = node('Dear {name},\n{{ {n} }} {name}{list}', ['name', 'n', 'list'])
    expect(await runTemplate(letter, { name: 'Ada', n: 3, list: ['a', true] })).toEqual({ text: 'Dear Ada,\n{ 3 } Ada["a", true]' })
  })

  it('leaves nothing for an empty value, and does not read values as templates', async () => {
    expect(await runTemplate(node('[{a}{b}]', ['a', 'b']), { a: null, b: '{a}' })).toEqual({ text: '[{a}]' })
  })

  it('reads back what it writes, whatever the pieces are', () => {
    const text = fc.array(fc.constantFrom('{', '}', 'a', ' ', '\n', '{{'), { maxLength: 5 }).map(letters => letters.join(''))
    fc.assert(
      fc.property(text, text, (one, other) => {
        const parts = [{ text: `x${one}` }, { name: 'n' }, { text: `${other}y` }, { name: 'm' }]
        expect(readTemplate(writeTemplate(parts))).toEqual({ ok: true, parts })
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  it.each(['{', 'a } b', '{a {b}', '{a\nb}', '{{{', '}}}'])('says which brace of %j stands alone', text => {
    expect(readTemplate(text)).toMatchObject({ ok: false, problem: expect.stringMatching(/^Line \d+ has a "[{}]" without its "[{}]"\./) })
    expect(templateStep.problems(node(text, ['a', 'b']))).toEqual([expect.stringMatching(/^The text of Letter cannot be read\. Line 1/)])
  })

  it('says what does not fit between text and fields', () => {
    expect(templateNames('{b} {a} {b}')).toEqual(['b', 'a'])
    expect(templateStep.problems(node('{a}', ['a']))).toEqual([])
    expect(templateStep.problems(node('{a} {b}', ['a']))).toEqual([expect.stringContaining('reads {b}, which it has no input for')])
    expect(templateStep.problems(node('{"a": 1}'))).toEqual([expect.stringContaining('write {{ and }}')])
    expect(templateStep.problems(node('a', [], [field('one', 'output'), field('two', 'output')]))).toEqual([
      expect.stringContaining('gives one text'),
    ])
    expect(templateStep.problems(node('a', [], [field('n', 'output', { kind: 'int' })]))).toEqual([expect.stringContaining('is a text')])
  })

  it('starts with a place for each input, and one output that holds a text', () => {
    const base = { id: 't', name: 'Letter', fields: [field('a', 'input'), field('n', 'output', { kind: 'int' }), field('m', 'output')] }
    const made = templateStep.starter(base)
    expect(made).toMatchObject({ moduleParams: { text: '{a}' }, fields: [{ name: 'a' }, { name: 'n', type: { kind: 'str' } }] })
    expect(templateStep.problems(made)).toEqual([])
  })
})

describe('a constant', () => {
  const constant = (...fields: ConstantNode['fields']): ConstantNode => ({ kind: 'constant', id: 'c', name: 'Rules', fields })

  it('gives its values by their types, and says which it lacks', () => {
    const rules = { ...field('rules', 'output', { kind: 'list', of: { kind: 'str' } }), default: ['be brief'] }
    expect(constantStep.problems(constant(rules))).toEqual([])
    expect(constantStep.problems(constant(field('rules', 'output')))).toEqual([expect.stringContaining('"rules" of Rules has no value')])
    expect(constantStep.problems(constant({ ...field('n', 'output', { kind: 'int' }), default: null }))).toEqual([
      expect.stringContaining('has no value'),
    ])
    expect(constantStep.problems(constant(field('maybe', 'output', { kind: 'optional', of: { kind: 'str' } })))).toEqual([])
    expect(constantStep.problems(constant(field('x', 'input')))).toEqual([expect.stringContaining('takes no inputs')])
    expect(constantStep.problems(constant(field('x', 'output', { kind: 'image' })))).toEqual([expect.stringContaining('cannot hold files')])
  })

  it('starts with a value of the type where one comes to mind, and without inputs', () => {
    const label = { kind: 'enum', values: ['red', 'green'] } as const
    const base = {
      id: 'c',
      name: 'Rules',
      fields: [field('x', 'input'), field('label', 'output', label), field('n', 'output', { kind: 'float' })],
    }
    const made = constantStep.starter(base)
    expect(made.fields).toMatchObject([
      { name: 'label', default: 'red' },
      { name: 'n', default: 0 },
    ])
    expect(constantStep.problems(made)).toEqual([])
  })
})
