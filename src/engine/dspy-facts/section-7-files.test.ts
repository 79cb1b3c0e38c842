import { describe, expect, it } from 'vitest'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { completeState } from '../graph/default-state'
import { predictorsOf } from '../graph/predictors'
import type { ModelSpec } from '../lm/lm'
import { stepKinds } from '../modules/registry'
import type { Program, ProgramState } from '../program/program'
import { inferPrefix } from '../signature/label'
import { dspyLm } from '@/export/dspy-lm'
import { readDspyState } from '@/export/from-dspy-json'
import { parseDspyText } from '@/export/open-dspy-file'
import { programOfDspy } from '@/export/program-of-dspy'
import { dspyState, dspyStateText } from '@/export/to-dspy-json'
import { moduleProgram } from '@/testing/run-module'
import { oneStep, twoSteps, voteOf } from '@/testing/toy-programs'

const withState = ({ graph }: Program, state: ProgramState = {}): Program => ({ graph, state: completeState(graph, state) })
const objectAt = (value: Json | undefined, ...path: readonly string[]): JsonObject => {
  const found = path.reduce<Json | undefined>((at, key) => (isJsonObject(at ?? null) ? (at as JsonObject)[key] : undefined), value)
  if (!isJsonObject(found ?? null)) throw new Error(`nothing at ${path.join('.')}`)
  return found as JsonObject
}
const fieldsOf = (...names: readonly string[]): readonly JsonObject[] =>
  names.map(name => ({ prefix: `${inferPrefix(name)}:`, description: `\${${name}}` }))
const entry = (instructions: string, fields: readonly JsonObject[], changes: JsonObject = {}): JsonObject => ({
  traces: [],
  train: [],
  demos: [],
  signature: { instructions, fields: [...fields] },
  lm: null,
  ...changes,
})
const textLabel = fieldsOf('text', 'label')

describe('the names of predictors', () => {
  const step = ['next_thought', 'next_tool_name', 'next_tool_args'] as const
  const file = {
    'step1.predict': entry('1', fieldsOf('q', 'reasoning', 'a')),
    'multi[0]': entry('2', fieldsOf('a', 'b')),
    'multi[1].predict': entry('3', fieldsOf('b', 'reasoning', 'c')),
    "d['k']": entry('4', fieldsOf('c', 'd')),
    'sub.gen': entry('5', fieldsOf('d', 'e')),
    'step2.react': entry('6', fieldsOf('e', 'trajectory', ...step)),
    'step2.extract.predict': entry('7', fieldsOf('e', 'trajectory', 'reasoning', 'f')),
    metadata: { dependency_versions: {} },
  }

  it('§0.3 attributes, lists, dicts and modules within modules, as Python names them', () => {
    const { graph, state } = programOfDspy(file)
    const names = Object.keys(file).filter(name => name !== 'metadata')
    expect(predictorsOf(graph).map(({ dspyName }) => dspyName)).toEqual(names)
    const written = dspyState({ graph, state })
    const told = names.map(name => String(objectAt(written, name, 'signature')['instructions']).split('\n')[0])
    expect(told).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  })

  it('§7.4 every module names its predictors by the paths of DSPy', () => {
    const names = (module: string) =>
      predictorsOf(moduleProgram(module, 'q -> a').graph).map(({ dspyName, isOnlyHere }) =>
        isOnlyHere ? `(${dspyName})` : dspyName.replace(/^step\.?/, ''),
      )
    const known: Readonly<Record<string, readonly string[]>> = {
      predict: [''],
      'chain-of-thought': ['predict'],
      react: ['react', 'extract.predict'],
      'react-v2': ['react'],
      'program-of-thought': ['code_generate.predict', 'code_regenerate.predict', 'generate_output.predict'],
      'code-act': ['codeact', 'extractor.predict'],
      'multi-chain-comparison': ['predict', '(step.attempts.predict)'],
      'best-of-n': ['module.predict'],
      refine: ['module.predict'],
      rlm: ['generate_action', 'extract', '(step.sub_lm)'],
    }
    expect(stepKinds.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(known)))
    expect(Object.fromEntries(Object.keys(known).map(module => [module, names(module)]))).toEqual(known)
  })

  it('§7.4 the programs of an ensemble are `programs[i]`', () => {
    const [first, second] = predictorsOf(voteOf([oneStep(), oneStep('chain-of-thought')]).graph)
    // Each program may be a bare module or one that has it, and so may the ensemble.
    expect(first?.dspyNames).toEqual(expect.arrayContaining(['programs[0]', 'programs[0].classify', 'vote.programs[0]']))
    expect(second?.dspyNames).toEqual(expect.arrayContaining(['programs[1].predict', 'programs[1].classify.predict']))
  })
})

describe('a file that is written', () => {
  const state: ProgramState = {
    extract: { instructions: 'Find it.', demos: [{ augmented: true, text: 'é 日', keyword: 'k', dspy_uuid: '3f', dspy_split: 'train' }] },
  }

  it('§7.2 has an entry for each predictor, then `metadata`', () => {
    const written = dspyState(withState(twoSteps(), state))
    expect(Object.keys(written)).toEqual(['extract', 'classify.predict', 'metadata'])
    expect(objectAt(written, 'extract')).toEqual({
      traces: [],
      train: [],
      demos: [{ augmented: true, text: 'é 日', keyword: 'k', dspy_uuid: '3f', dspy_split: 'train' }],
      signature: { instructions: 'Find it.', fields: fieldsOf('text', 'keyword') },
      lm: null,
    })
    expect(Object.keys(objectAt(written, 'extract'))).toEqual(['traces', 'train', 'demos', 'signature', 'lm'])
  })

  it('§7.5 the fields of an entry are those of the predictor: inputs, then outputs, with what its module adds', () => {
    expect(objectAt(dspyState(withState(twoSteps())), 'classify.predict', 'signature')['fields']).toEqual(
      fieldsOf('keyword', 'reasoning', 'label'),
    )
  })

  it('§7.3 a bare Predict also has its entry flat at the top level', () => {
    const written = dspyState(withState(oneStep()))
    expect(Object.keys(written)).toEqual(expect.arrayContaining(['traces', 'train', 'demos', 'signature', 'lm', 'metadata']))
    expect(objectAt(written, 'signature')['fields']).toEqual(textLabel)
  })

  it('§7.3 a bare ChainOfThought has the one key `predict`', () => {
    expect(Object.keys(dspyState(withState(oneStep('chain-of-thought'))))).toEqual(['classify.predict', 'predict', 'metadata'])
  })

  it('§7.6 the versions are those of python, dspy and cloudpickle alone: any other key there makes DSPy refuse the file', () => {
    const { dependency_versions: versions, ...own } = objectAt(dspyState(withState(oneStep())), 'metadata')
    expect(Object.keys(isJsonObject(versions ?? null) ? Object(versions) : {})).toEqual(['python', 'dspy', 'cloudpickle'])
    expect(Object.keys(own)).toEqual(['dspy_studio'])
  })

  it('§7.1 it is indented by two, ends with a newline and keeps letters of every script', () => {
    const text = dspyStateText(withState(twoSteps(), state))
    expect(text.startsWith('{\n  "extract": {\n    "traces": [],')).toBe(true)
    expect(text.endsWith('\n}\n')).toBe(true)
    expect(text).toContain('é 日')
  })

  it('§7.1 a float that is whole is written as a float', () => {
    const program = withState(moduleProgram('predict', 'q -> a: float'), { step: { instructions: '', demos: [{ q: 'Q', a: 1 }] } })
    expect(dspyStateText(program)).toContain('"a": 1.0')
  })

  const model: ModelSpec = { id: 'm', label: 'M', provider: 'openai-compatible', model: 'gpt-4o-mini', settings: {} }

  it('§7.5 a model: its class, its name and kind, cache and retries, then its settings; what is not set is null', () => {
    expect(dspyLm({ ...model, baseUrl: 'https://api.openai.com/v1' })).toEqual({
      _dspy_lm_class: 'dspy.clients.lm.LM',
      model: 'openai/gpt-4o-mini',
      model_type: 'chat',
      cache: true,
      num_retries: 3,
      temperature: null,
      max_tokens: null,
      finetuning_model: null,
      launch_kwargs: {},
      train_kwargs: {},
    })
  })

  it('§7.5 a setting of a model stands under DSPy’s name, a key of an account never', () => {
    const settings = { temperature: 0.2, maxTokens: 400, topP: 0.5, stop: ['x'], seed: 3 }
    const lm = dspyLm({ ...model, settings }) ?? {}
    expect(lm).toMatchObject({ temperature: 0.2, max_tokens: 400, top_p: 0.5, stop: ['x'], seed: 3 })
    expect(Object.keys(lm)).not.toContain('api_key')
  })
})

describe('a file that is read', () => {
  const blank = withState(oneStep())
  const read = (json: Json, program = blank) => readDspyState(json, program)
  const told = (json: Json): string => read(json).notCarried.join(' ')

  it.each<[condition: string, file: JsonObject]>([
    ['without metadata', { classify: entry('Read.', textLabel) }],
    ['with no versions', { classify: entry('Read.', textLabel), metadata: { dependency_versions: {} } }],
    ['of another version', { classify: entry('Read.', textLabel), metadata: { dependency_versions: { dspy: '2.6.0' } } }],
    ['with a version of something else', { classify: entry('Read.', textLabel), metadata: { dependency_versions: { studio: '1' } } }],
    ['whose entry lacks traces, train and demos', { classify: { signature: { instructions: 'Read.', fields: [...textLabel] }, lm: null } }],
    ['with fewer fields', { classify: entry('Read.', fieldsOf('text')) }],
    ['with more fields', { classify: entry('Read.', fieldsOf('text', 'label', 'more')) }],
    ['whose model is an empty object', { classify: entry('Read.', textLabel, { lm: {} }) }],
    ['of a bare Predict', entry('Read.', textLabel)],
    ['of a module with the Predict as `predict`', { predict: entry('Read.', textLabel) }],
    ['whose names are in another order', { metadata: {}, classify: entry('Read.', textLabel) }],
  ])('§7.6, §7.7 a file %s is read', (_condition, file) => {
    expect(read(file).state['classify']?.instructions).toBe('Read.')
  })

  it('§7.6 an entry that is missing makes the file one of another program, and changes nothing', () => {
    const program = withState(twoSteps())
    const before = JSON.stringify(program)
    expect(() => read({ extract: entry('One.', fieldsOf('text', 'keyword')), metadata: {} }, program)).toThrow(
      expect.objectContaining({ code: 'project-invalid', message: expect.stringContaining('classify.predict') }),
    )
    expect(JSON.stringify(program)).toBe(before)
  })

  it('§7.6 further entries are left alone, and told', () => {
    expect(told({ classify: entry('Read.', textLabel), other: entry('Not.', textLabel) })).toContain('"other"')
  })

  it('§7.6 an entry of DSPy before 2.6, with an extended signature, is refused', () => {
    const old = { classify: { traces: [], train: [], demos: [], extended_signature: { instructions: 'x', fields: [] }, lm: null } }
    expect(() => read(old)).toThrow(expect.objectContaining({ code: 'project-invalid' }))
  })

  it('§7.6 a model by its name alone is one of OpenAI', () => {
    const { models, state } = read({ classify: entry('Read.', textLabel, { lm: { model: 'openai/x' } }) })
    expect(models).toEqual([expect.objectContaining({ model: 'x', baseUrl: 'https://api.openai.com/v1' })])
    expect(state['classify']?.lm).toBe(models[0]?.id)
  })

  it('§7.6 a model of a class of somebody’s own is left out, and told', () => {
    const file = { classify: entry('Read.', textLabel, { lm: { _dspy_lm_class: 'mine.LM', model: 'openai/x' } }) }
    expect([read(file).models, told(file)]).toEqual([[], expect.stringContaining('mine.LM')])
  })

  it('§7.6 an address of a model is told, since rows would be sent there', () => {
    expect(told({ classify: entry('Read.', textLabel, { lm: { model: 'openai/x', api_base: 'http://a.example/v1' } }) })).toContain(
      'http://a.example/v1',
    )
  })

  it('§A.6 what 3.4 adds to a model is told where it has no place', () => {
    const lm = { model: 'openai/x', engine: 'native', prompt_cache: { mode: 'auto' } }
    expect(told({ classify: entry('Read.', textLabel, { lm }) })).toMatch(/engine.*prompt_cache/)
  })

  it('§7.6 other keys of an entry, which DSPy makes attributes of, are told', () => {
    expect(told({ classify: entry('Read.', textLabel, { config: { temperature: 0.9 } }) })).toContain('"config"')
  })

  it('§7.5 demos come as they are, hidden keys and marks of bootstrapping with them', () => {
    const demos = [{ augmented: true, text: 't', label: 'red', dspy_uuid: '3f' }]
    expect(read({ classify: entry('Read.', textLabel, { demos }) }).state['classify']?.demos).toEqual(demos)
  })

  it('§7.5 prefixes and descriptions are taken by their place', () => {
    const fields = [{ prefix: 'Text:', description: 'an order' }, textLabel[1] ?? {}]
    const { graph } = read({ classify: entry('Read.', fields) })
    expect(graph.nodes[1]?.fields.map(({ name, desc }) => [name, desc])).toEqual([
      ['text', 'an order'],
      ['label', ''],
    ])
  })

  it('§7.7 escaped slashes and another indent are JSON like any other', () => {
    const text = JSON.stringify({ classify: entry('a/b', textLabel) }, undefined, 4).replace('a/b', 'a\\/b')
    expect(read(parseDspyText(text)).state['classify']?.instructions).toBe('a/b')
  })

  it('§7.7 names of fields come from their empty descriptions, or from the demos', () => {
    const { graph } = programOfDspy({
      predict: entry(
        'x',
        [
          { prefix: 'My Text:', description: '${my_text}' },
          { prefix: 'Reasoning:', description: '${reasoning}' },
          { prefix: 'The Label:', description: 'one of them' },
        ],
        {
          demos: [{ my_text: 't', reasoning: 'r', the_label: 'l' }],
        },
      ),
    })
    const step = graph.nodes.find(({ kind }) => kind === 'signature')
    expect(step && 'module' in step && step.module).toBe('chain-of-thought')
    expect(step?.fields.map(({ name }) => name)).toEqual(['my_text', 'the_label'])
  })

  it('§7.1 a program that Python pickled is refused in words that say what to do', () => {
    expect(() => read({ dependency_versions: { python: '3.11' } })).toThrow(expect.objectContaining({ code: 'project-invalid' }))
    expect(() => parseDspyText('\u0080\u0004\u0095')).toThrow(expect.objectContaining({ message: expect.stringContaining('dspy.load') }))
  })

  it('§7 what is written is read as it was', () => {
    const program = withState(twoSteps(), { classify: { instructions: 'Own.', demos: [{ keyword: 'k', reasoning: 'r', label: 'red' }] } })
    const parsed = parseJson(dspyStateText(program))
    const back = read(parsed.ok ? parsed.value : null, withState(twoSteps()))
    expect([back.state, back.notCarried]).toEqual([program.state, []])
  })
})
