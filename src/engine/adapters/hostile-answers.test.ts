import { describe, expect, it } from 'vitest'
import { isEngineError } from '@/engine/base/errors'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { field } from '@/testing/toy-programs'
import { chatAdapter } from './chat'
import { jsonAdapter } from './json'
import { readLooseJson, readLooseObject } from './loose-json'
import { readPythonLiteral } from './python-literal'

/** Texts that cost a reader which looks at them more than once. `n` pieces each. */
const hostile: Readonly<Record<string, (n: number) => string>> = {
  'balanced braces': n => '{'.repeat(n) + '}'.repeat(n),
  'balanced brackets': n => '['.repeat(n) + ']'.repeat(n),
  'open braces': n => '{'.repeat(n),
  'open objects': n => '{"a":'.repeat(n),
  'nested dicts': n => `${"{'a': ".repeat(n)}1${'}'.repeat(n)}`,
  'sets in sets': n => `${'{1, '.repeat(n)}2${'}'.repeat(n)}`,
  tuples: n => '('.repeat(n) + ')'.repeat(n),
  quotes: n => '{"' + '"'.repeat(n),
  backslashes: n => `{"a": "${'\\'.repeat(n)}`,
  fences: n => '```json\n'.repeat(n),
  markers: n => '[[ ## label ## ]]\n'.repeat(n),
  'braces between words': n => '{a} b '.repeat(n),
  commas: n => '{"a": 1,,'.repeat(n),
}

const signature = {
  instructions: 'Answer.',
  fields: [field('text', 'input'), { ...field('label', 'output'), type: parseTypeName('dict[str, Any]') }],
}
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  readPythonLiteral,
  readLooseJson: text => readLooseJson(text, { anywhere: true }),
  readLooseObject: text => readLooseObject(text, () => false),
  'chat adapter': text => chatAdapter.parse(signature, text),
  'chat adapter, in a section': text => chatAdapter.parse(signature, `[[ ## label ## ]]\n${text}`),
  'json adapter': text => jsonAdapter.parse(signature, text),
}

/** What a reader threw that is no error of ours. */
function untypedFailure(read: () => unknown): unknown {
  try {
    read()
  } catch (error) {
    if (!isEngineError(error, 'adapter-parse')) return error
  }
  return undefined
}

describe('readers of answers', () => {
  for (const [reader, read] of Object.entries(readers)) {
    for (const [kind, make] of Object.entries(hostile)) {
      it(`${reader} comes back from ${kind}, with a value or a typed error`, () => {
        for (const n of [40, 1_000, 20_000]) expect(untypedFailure(() => read(make(n)))).toBeUndefined()
      })
    }
  }

  it('reads what it read before', () => {
    expect(readPythonLiteral("{'a': 1, 'b': {2, 3}, 'c': {}, 4: (5,)}")).toEqual({ a: 1, b: [2, 3], c: {}, 4: [5] })
    expect(readPythonLiteral('{1,}')).toEqual([1])
    expect(readPythonLiteral("{'a': 1,}")).toEqual({ a: 1 })
    for (const broken of ['{,}', '{1 2}', "{'a': }", "{'a': 1, 2}", '{1: 2', '{[1]: 2}']) expect(readPythonLiteral(broken)).toBeUndefined()
  })
})
