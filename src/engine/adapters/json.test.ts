import { describe, expect, it } from 'vitest'
import type { Lm, ResponseFormat } from '../lm/lm'
import { parseSignatureLine } from '../signature/parse-signature'
import type { Signature } from '../signature/signature'
import { frameText } from './frame-text'
import { jsonAdapter } from './json'

function signatureOf(line: string, instructions = 'Do it.'): Signature {
  const { inputs, outputs } = parseSignatureLine(line)
  const fieldsOf = (side: typeof inputs, role: 'input' | 'output') =>
    side.map(({ name, type }) => ({ id: name, name, type, role, desc: '' }))
  return { instructions, fields: [...fieldsOf(inputs, 'input'), ...fieldsOf(outputs, 'output')] }
}

describe('json layout', () => {
  it('shows inputs as in chat and the answer as an object', () => {
    const demos = [{ q: 'D1.q', n: 5, a: 'D1.a', ok: true }]
    const [system, user, assistant, request] = jsonAdapter.format(signatureOf('q, n: int -> a, ok: bool'), demos, { q: 'x', n: 7 })
    expect(system?.content).toContain(
      `${frameText.introduction}\n\n${frameText.jsonInputs}\n\n[[ ## q ## ]]\n{q}\n\n[[ ## n ## ]]\n{n}\n\n${frameText.jsonOutputs}\n\n` +
        `{\n  "a": "{a}",\n  "ok": "{ok}        # note: ${frameText.boolNote}"\n}\n${frameText.objective}\n        Do it.`,
    )
    expect(system?.content).not.toContain('completed')
    expect(user?.content).toBe('[[ ## q ## ]]\nD1.q\n\n[[ ## n ## ]]\n5')
    expect(assistant?.content).toBe('{\n  "a": "D1.a",\n  "ok": true\n}')
    expect(request?.content).toBe(
      '[[ ## q ## ]]\nx\n\n[[ ## n ## ]]\n7\n\n' +
        'Now answer with one JSON object and nothing around it, its fields in this order: `a`, then `ok` (a valid Python value of type bool).',
    )
  })

  it('indents nested values as Python does and keeps floats floats', () => {
    const demos = [{ q: '1', l: [{ é: 1 }], f: 2, e: [], d: {} }]
    const assistant = jsonAdapter.format(signatureOf('q -> l: list[dict[str, float]], f: float, e: list, d: dict'), demos, { q: '' })[2]
    expect(assistant?.content).toBe('{\n  "l": [\n    {\n      "é": 1.0\n    }\n  ],\n  "f": 2.0,\n  "e": [],\n  "d": {}\n}')
  })

  it('fills what an incomplete demo lacks', () => {
    const assistant = jsonAdapter.format(signatureOf('q -> a, n: int'), [{ q: '1', a: 'x' }], { q: '' })[2]
    expect(assistant?.content).toBe(`{\n  "a": "x",\n  "n": "${frameText.leftOut}"\n}`)
  })
})

describe('json parse', () => {
  const parse = (line: string, text: string) => jsonAdapter.parse(signatureOf(line), text)

  it.each([
    '{"a": "x", "n": 3, "more": 1}',
    'Sure:\n```json\n{"a": "x", "n": "3"}\n```\nAnything else?',
    "{'a': 'x', 'n': 3,}",
    'I use {curly} words. {"a": "x", "n": 3.0}',
    '[{"a": "x", "n": 3}]',
    '{"a": "x", "n": 3',
  ])('reads %j', text => {
    expect(parse('q -> a, n: int', text)).toEqual({ a: 'x', n: 3 })
  })

  it('prints a value of another kind into a text field as Python would', () => {
    expect(parse('q -> a, b, c, d', '{"a": 5, "b": true, "c": null, "d": {"x": [1]}}')).toEqual({
      a: '5',
      b: 'True',
      c: 'None',
      d: "{'x': [1]}",
    })
  })

  it('wraps every failure', () => {
    expect(() => parse('q -> n: int', '{"n": "x"}')).toThrow(expect.objectContaining({ code: 'adapter-parse' }))
    expect(() => parse('q -> n: int', '[1]')).toThrow('lacks `n`')
    expect(() => parse('q -> n: int', '')).toThrow('empty')
    expect(parse('q -> n: Optional[int]', '{}')).toEqual({ n: null })
  })
})

describe('response formats', () => {
  const formats = (line: string, supported: ResponseFormat['type'][]) => {
    const lm: Lm = { capabilities: { responseFormats: supported }, generate: () => Promise.reject(new Error('not asked')) }
    return jsonAdapter.responseFormats(signatureOf(line), lm)
  }

  it('asks for a closed schema first, then for any object', () => {
    const [schema, object] = formats("q -> a, l: list[{'x': Optional[int]}], lit: Literal['x', 'y'], long_name: bool", [
      'json_schema',
      'json_object',
    ])
    expect(object).toEqual({ type: 'json_object' })
    expect(schema).toEqual({
      type: 'json_schema',
      name: 'DSPyProgramOutputs',
      schema: {
        type: 'object',
        title: 'DSPyProgramOutputs',
        additionalProperties: false,
        required: ['a', 'l', 'lit', 'long_name'],
        properties: {
          a: { title: 'A', type: 'string' },
          l: {
            title: 'L',
            type: 'array',
            items: {
              type: 'object',
              properties: { x: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
              required: ['x'],
              additionalProperties: false,
            },
          },
          lit: { title: 'Lit', type: 'string', enum: ['x', 'y'] },
          long_name: { title: 'Long Name', type: 'boolean' },
        },
      },
    })
  })

  it('does without a schema where keys are free, and without formats where the model has none', () => {
    expect(formats('q -> a: dict[str, int]', ['json_schema', 'json_object'])).toEqual([{ type: 'json_object' }])
    expect(formats('q -> a: list[Any]', ['json_schema', 'json_object'])).toEqual([{ type: 'json_object' }])
    expect(formats('q -> a', ['json_schema']).map(format => format.type)).toEqual(['json_schema'])
    expect(formats('q -> a', [])).toEqual([])
  })
})
