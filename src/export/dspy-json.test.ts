import { describe, expect, it } from 'vitest'
import { completeState } from '@/engine/graph/default-state'
import type { Program } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { oneStep, twoSteps } from '@/testing/toy-programs'
import { readDspyState } from './from-dspy-json'
import { dspyState, dspyStateText } from './to-dspy-json'

const withState = (program: Program, state: Program['state']): Program => ({ ...program, state: completeState(program.graph, state) })
const blank = (program: Program): Program => withState(program, {})

const learned = withState(twoSteps(), {
  extract: { instructions: 'Find the word.', demos: [{ text: 'order 1 for item zorp', keyword: 'zorp' }] },
  classify: {
    instructions: 'Zeile eins\nline two: é 日 😀 "quoted" \\ back',
    demos: [
      { augmented: true, keyword: 'zorp', reasoning: 'It is known.', label: 'red' },
      { keyword: 'blin', label: 'green' },
      { text: 'a whole row that lacks the keyword', label: 'blue' },
    ],
  },
})

describe('the DSPy state file', () => {
  it('has one entry a predictor under DSPy’s name, with exactly DSPy’s keys', () => {
    const state = dspyState(learned)
    expect(Object.keys(state)).toEqual(['extract', 'classify.predict', 'metadata'])
    expect(state['extract']).toEqual({
      traces: [],
      train: [],
      demos: [{ text: 'order 1 for item zorp', keyword: 'zorp' }],
      signature: {
        instructions: 'Find the word.',
        fields: [
          { prefix: 'Text:', description: '${text}' },
          { prefix: 'Keyword:', description: '${keyword}' },
        ],
      },
      lm: null,
    })
    // The module's own output stands where DSPy's signature has it.
    expect(state['classify.predict']).toMatchObject({
      signature: {
        fields: [
          { prefix: 'Keyword:', description: '${keyword}' },
          { prefix: 'Reasoning:', description: '${reasoning}' },
          { prefix: 'Label:', description: '${label}' },
        ],
      },
    })
    // Any key DSPy does not know below dependency_versions makes it refuse the file.
    const metadata = state['metadata']
    expect(isJsonObject(metadata) && metadata['dependency_versions']).toEqual({ python: '3.11', dspy: '3.4.1', cloudpickle: '3.1' })
  })

  it('is indented by two with a newline at the end and its letters as they are', () => {
    const text = dspyStateText(learned)
    expect(text.startsWith('{\n  "extract": {\n    "traces": [],\n')).toBe(true)
    expect(text.endsWith('}\n')).toBe(true)
    expect(text).toContain('é 日 😀')
  })

  it('names the model of a step with all its settings and its address, floats as floats', () => {
    const model: ModelSpec = {
      id: 'big',
      label: 'Big',
      provider: 'openai-compatible',
      model: 'gpt-4o-mini',
      baseUrl: 'https://models.example/v1',
      settings: { temperature: 1, maxTokens: 400, topP: 0.9, stop: ['\n'], seed: 3, reasoningEffort: 'low' },
    }
    const program = withState(oneStep(), { classify: { instructions: 'x', demos: [], lm: 'big' } })
    const { classify } = dspyState(program, { big: model })
    expect(isJsonObject(classify) && classify['lm']).toEqual({
      _dspy_lm_class: 'dspy.clients.lm.LM',
      model: 'openai/gpt-4o-mini',
      model_type: 'chat',
      cache: true,
      num_retries: 3,
      temperature: 1,
      max_tokens: 400,
      api_base: 'https://models.example/v1',
      top_p: 0.9,
      stop: ['\n'],
      seed: 3,
      reasoning_effort: 'low',
      finetuning_model: null,
      launch_kwargs: {},
      train_kwargs: {},
    })
    const text = dspyStateText(program, { big: model })
    expect(text).toContain('"temperature": 1.0,')
    // What is written is read again as the same model.
    const read = readDspyState(parsed(text), { ...withState(oneStep(), {}), models: [model] })
    expect([read.state['classify']?.lm, read.models, read.notCarried]).toEqual(['big', [model], []])
  })

  it('comes back as it went, demos of every kind included', () => {
    const { state, notCarried } = readDspyState(parsed(dspyStateText(learned)), blank(twoSteps()))
    expect(state).toEqual(learned.state)
    expect(notCarried).toEqual([])
  })

  it('leaves the model that a step had in the project', () => {
    const program = withState(oneStep(), { classify: { instructions: 'old', demos: [], lm: 'own' } })
    const { state } = readDspyState(parsed(dspyStateText(withState(oneStep(), { classify: { instructions: 'new', demos: [] } }))), program)
    expect(state['classify']).toEqual({ instructions: 'new', demos: [], lm: 'own' })
  })

  it('reads the flat form of a bare Predict into a program of one predictor', () => {
    const flat = { ...entry('Answer briefly.', [{ text: 'a', label: 'red' }]), metadata: { dependency_versions: {} } }
    expect(readDspyState(flat, blank(oneStep())).state['classify']).toEqual({
      instructions: 'Answer briefly.',
      demos: [{ text: 'a', label: 'red' }],
    })
    expect(() => readDspyState(flat, blank(twoSteps()))).toThrow(/no entry "extract".*extract, classify\.predict/)
  })

  it('reads a program of one predictor whatever DSPy called it', () => {
    const { state, notCarried } = readDspyState({ predict: entry('Name it.'), metadata: {} }, blank(oneStep()))
    expect([state['classify']?.instructions, notCarried]).toEqual(['Name it.', []])
  })

  it('names what it cannot carry over', () => {
    const lm = { model: 'openai/gpt-4o', model_type: 'chat' }
    const file = { extract: { ...entry('One.'), lm }, 'classify.predict': entry('Two.'), 'judge.predict': entry('Three.'), metadata: {} }
    expect(readDspyState(file, blank(twoSteps())).notCarried).toEqual(['"judge.predict" is not a predictor of this program.'])
  })

  it('tells of an address that the file names and nobody knows, keeps what may be a key to itself, and fits no program without a step', () => {
    const lm = { model: 'openai/m', api_base: 'http://elsewhere.example/v1', api_key: 'sk-123' }
    const flat = { traces: [], train: [], demos: [], signature: { instructions: 'Name it.', fields: [] }, lm }
    const { notCarried } = readDspyState(flat, blank(oneStep()))
    expect(notCarried.join(' ')).toMatch(/asked at http:\/\/elsewhere\.example\/v1: rows are sent there/)
    expect(notCarried.join(' ')).toContain('the setting api_key')
    expect(notCarried.join(' ')).not.toContain('sk-123')
    expect(() => readDspyState(flat, { graph: { nodes: [], edges: [] }, state: {} })).toThrow('no place in it')
  })

  it('names the entry that is missing, and refuses what is no state file', () => {
    expect(() => readDspyState({ extract: entry('One.'), metadata: {} }, blank(twoSteps()))).toThrow('no entry "classify.predict"')
    for (const wrong of [null, [], 'text', 3]) expect(() => readDspyState(wrong, blank(oneStep()))).toThrow('not a DSPy state file')
    expect(() => readDspyState({}, blank(oneStep()))).toThrow('not a DSPy state file')
    const whole = { dependency_versions: { python: '3.11', dspy: '3.4.1' } }
    expect(() => readDspyState(whole, blank(oneStep()))).toThrow(/only Python can open it.*program\.save/)
  })

  it('gives fields the descriptions of the file, and names those that have no place', () => {
    const program = blank(twoSteps())
    const file = dspyState(program)
    const described = (name: string, fields: readonly JsonObject[]): JsonObject => {
      const saved = file[name]
      const signature = isJsonObject(saved) && isJsonObject(saved['signature']) ? saved['signature'] : {}
      return { ...(isJsonObject(saved) ? saved : {}), signature: { ...signature, fields } }
    }
    const changed: JsonObject = {
      extract: described('extract', [
        { prefix: 'Text:', description: 'an order' },
        { prefix: 'The Word:', description: 'its item' },
      ]),
      'classify.predict': described('classify.predict', [
        { prefix: 'Keyword:', description: '${keyword}' },
        { prefix: 'Reasoning:', description: 'think hard' },
        { prefix: 'Label:', description: 'a colour' },
        { prefix: 'Mood:', description: 'how it feels' },
      ]),
    }
    const result = readDspyState(changed, program)
    const descriptions = result.graph.nodes.flatMap(node =>
      node.kind === 'signature' ? node.fields.map(({ name, desc }) => [node.name, name, desc]) : [],
    )
    expect(descriptions).toEqual([
      ['Extract', 'text', 'an order'],
      ['Extract', 'keyword', 'its item'],
      ['Classify', 'keyword', ''],
      ['Classify', 'label', 'a colour'],
    ])
    expect(result.notCarried).toHaveLength(2)
    for (const words of ['"think hard"', '"how it feels"']) expect(result.notCarried.join(' ')).toContain(words)
    // What was read is written again, and a file that says nothing new leaves the program as it is.
    expect(dspyState({ ...program, graph: result.graph })['extract']).toMatchObject({
      signature: {
        fields: [
          { prefix: 'Text:', description: 'an order' },
          { prefix: 'The Word:', description: 'its item' },
        ],
      },
    })
    expect(readDspyState(file, program).graph).toBe(program.graph)
  })
})

function entry(instructions: string, demos: readonly JsonObject[] = []): JsonObject {
  return { traces: [], train: [], demos, signature: { instructions, fields: [] }, lm: null }
}

function parsed(text: string): Json {
  const result = parseJson(text)
  if (!result.ok) throw new Error(result.reason)
  return result.value
}
