import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { oneStep } from '@/testing/toy-programs'
import { readDspyState } from './from-dspy-json'
import { programOfDspy } from './program-of-dspy'

const entry = (names: readonly string[], instructions: string): Json => ({
  traces: [],
  train: [],
  demos: [],
  signature: {
    instructions,
    fields: names.map(name => ({ prefix: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}:`, description: `\${${name}}` })),
  },
  lm: null,
})
const flex: Json = { module_src: 'class M(dspy.Module):\n    pass\n', lm: { model: 'openai/gpt-4o-mini' } }

describe('a module of DSPy that writes itself', () => {
  it('says what a Flex holds, beside what can be read', () => {
    const { notCarried } = readDspyState({ classify: entry(['text', 'label'], 'Name it.'), write: flex }, oneStep())
    expect(notCarried.join('\n')).toContain('"write" is a module of DSPy’s Flex')
    expect(notCarried.join('\n')).toContain('its source (3 lines) and its model openai/gpt-4o-mini have no place here')
  })

  it('refuses a file that holds nothing but a Flex, with what it is', () => {
    expect(() => programOfDspy(flex)).toThrow('The file is a module of DSPy’s Flex')
    expect(() => programOfDspy({ write: flex })).toThrow('"write" is a module of DSPy’s Flex')
  })
})
