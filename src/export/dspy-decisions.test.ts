import { describe, expect, it } from 'vitest'
import { isEngineError } from '@/engine/base/errors'
import { completeState } from '@/engine/graph/default-state'
import type { Program } from '@/engine/program/program'
import type { DecisionFields } from '@/engine/signature/decisions/decision'
import { typeName } from '@/engine/signature/type-name'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'
import { oneStep } from '@/testing/toy-programs'
import { readDspyState } from './from-dspy-json'
import { programOfDspy } from './program-of-dspy'
import { dspyState, dspyStateText } from './to-dspy-json'

function program(type: string): Program {
  const { graph: plain } = oneStep()
  const nodes = plain.nodes.map(node => ({
    ...node,
    fields: node.fields.map(one => (one.name === 'label' ? { ...one, type: parseTypeName(type), desc: 'Which?' } : one)),
  }))
  const graph = { ...plain, nodes }
  return { graph, state: completeState(graph, {}) }
}

/** A program whose only predictor has these settings. */
function decided(type: string, fields: JsonObject): Program {
  const { graph, state } = program(type)
  return { graph, state: Object.fromEntries(Object.entries(state).map(([id, own]) => [id, { ...own, fields: fields as DecisionFields }])) }
}

const settingsIn = ({ state }: Pick<Program, 'state'>) => Object.values(state)[0]?.fields

describe('§A.6 settings of decisions in state files', () => {
  it('T01, T02 stand between the signature and the model, and nowhere without settings', () => {
    const entry = (fields: JsonObject) =>
      Object.values(dspyState(decided('bool', fields))).find(value => isJsonObject(value) && 'demos' in value)
    expect(Object.keys(entry({ label: { threshold: 0.3 } }) ?? {})).toEqual(['traces', 'train', 'demos', 'signature', 'fields', 'lm'])
    expect(Object.keys(entry({}) ?? {})).toEqual(['traces', 'train', 'demos', 'signature', 'lm'])
  })

  it.each<[string, string, JsonObject, boolean]>([
    ['T03', 'bool', { label: { threshold: 0.3 } }, true],
    ['T04', 'bool', { label: {} }, true],
    ['T05', 'bool', { label: { threshold: 2 } }, false],
    ['T06', 'bool', { other: { threshold: 0.3 } }, false],
    ['T07', 'str', { label: { threshold: 0.3 } }, false],
    ['T08', 'bool', { label: { threshold: 0.3, note: 1 } }, false],
    ['a number as a text', 'bool', { label: { threshold: '0.3' } }, false],
    ['a truth value as a number', 'bool', { label: { threshold: true } }, false],
    ['partial criteria', "Literal['a', 'b']", { label: { criteria: { a: 'x' } } }, false],
    [
      'all of a choice',
      "Choice[('a', 'A'), ('b', None)]",
      { label: { weights: { a: 0.4 }, criteria: { b: null, a: 'x' }, instructions: ['y'] } },
      true,
    ],
    ['cuts of a score', "Score['a', 'b', 'c']", { label: { cuts: [0.5, 1.25] } }, true],
  ])('%s of %s: %o', (_id, type, fields, isTaken) => {
    const file = dspyState(decided(type, fields))
    const read = () => readDspyState(file, program(type))
    expect(orRefusal(() => settingsIn(read()))).toEqual(isTaken ? fields : 'refused')
  })

  it('are floats in the text, and cleared by a file without them', () => {
    const one = decided('bool', { label: { threshold: 1 } })
    expect(dspyStateText(one)).toContain('"threshold": 1.0')
    expect(settingsIn(readDspyState(dspyState(program('bool')), one))).toBeUndefined()
  })

  it('tell the types of a program that is made of a file alone', () => {
    const typesOf = (type: string, fields: JsonObject, demos: readonly JsonObject[] = []): readonly string[] => {
      const { graph, state } = decided(type, fields)
      const own = Object.fromEntries(Object.entries(state).map(([id, one]) => [id, { ...one, demos }]))
      const text = parseJson(dspyStateText({ graph, state: own }))
      const made = programOfDspy(text.ok ? text.value : null)
      expect(settingsIn(made)).toEqual(fields)
      return made.graph.nodes.flatMap(node => (node.kind === 'signature' ? node.fields.map(field => typeName(field.type)) : []))
    }
    expect(typesOf('bool', { label: { threshold: 0.3 } }).at(-1)).toBe('bool')
    expect(typesOf("Literal['a', 'b']", { label: { weights: { a: 2, b: 1 } } }).at(-1)).toBe("Literal['a', 'b']")
    expect(typesOf("Score['x', 'y', 'z']", { label: { cuts: [0.5, 1] } }).at(-1)).toContain("Score['level 0', 'level 1', 'level 2']")
    const rich = { text: 'q', label: { confidence: 0.5, value: true, probability: 0.75 } }
    expect(typesOf('Noul', { label: { threshold: 0.3 } }, [rich]).at(-1)).toContain('Noul')
  })
})

function orRefusal<T>(read: () => T): T | 'refused' {
  try {
    return read()
  } catch (error) {
    if (isEngineError(error, 'project-invalid') && error.message.startsWith('The settings of decisions')) return 'refused'
    throw error
  }
}
