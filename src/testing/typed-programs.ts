import { adapterFor } from '@/engine/adapters/registry'
import type { Example } from '@/engine/base/example'
import type { Lm } from '@/engine/lm/lm'
import { adapterIds } from '@/engine/program/adapter-id'
import type { Demo, Program, SignatureNode } from '@/engine/program/program'
import type { ClassType, FieldType } from '@/engine/signature/types/field-type'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { readText } from './chat-text'
import { edge, field, inputNode, oneStep, outputNode, signatureNode, toyRows, twoSteps, voteOf } from './toy-programs'

const person: ClassType = {
  kind: 'class',
  name: 'Person',
  desc: 'Somebody in a text.\nWith "quotes".',
  fields: [
    { name: 'name', type: { kind: 'str' }, desc: 'As it is written' },
    { name: 'age', type: { kind: 'optional', of: { kind: 'int' } }, default: null },
    {
      name: 'mood',
      type: {
        kind: 'enum-class',
        name: 'Mood',
        members: [
          { name: 'GLAD', value: 'glad' },
          { name: 'SAD', value: 'sad' },
        ],
      },
    },
  ],
}
const mood: FieldType = {
  kind: 'enum-class',
  name: 'Mood',
  members: [
    { name: 'GLAD', value: 'glad' },
    { name: 'SAD', value: 'sad' },
  ],
}
const place: FieldType = { kind: 'object', fields: { street: { kind: 'str' }, floors: { kind: 'list', of: { kind: 'float' } } } }

const inputs: Readonly<Record<string, FieldType>> = {
  text: { kind: 'str' },
  who: person,
  limits: parseTypeName('dict[str, float]'),
  tags: parseTypeName('list[str]'),
  since: { kind: 'date' },
  where: place,
  share: { kind: 'float' },
  note: { kind: 'optional', of: { kind: 'str' } },
  anything: { kind: 'any' },
}
const outputs: Readonly<Record<string, FieldType>> = {
  summary: { kind: 'str' },
  people: { kind: 'list', of: person },
  mood,
  score: { kind: 'float' },
  count: { kind: 'int' },
  isSure: { kind: 'bool' },
  until: { kind: 'optional', of: { kind: 'date' } },
}

const answer: Demo = {
  summary: 'Zeile – 日 < & "so"',
  people: [
    { name: 'Ann', age: 3, mood: 'glad' },
    { name: "O'Brien\n2", age: null, mood: 'sad' },
  ],
  mood: 'sad',
  score: 1,
  count: 7,
  isSure: true,
  until: null,
}

const given: Demo = {
  text: '  Ein Text\nmit {Klammern} und \\ \u2028 😀  ',
  who: { name: 'Bo', age: null, mood: 'glad' },
  limits: { 'a b': 1, c: -0.5 },
  tags: ['x', 'y "z"'],
  since: '2026-01-31',
  where: { street: 'Weg', floors: [1, 2.5, 1e21] },
  share: 3,
  note: null,
  anything: { deep: [1, 2.5, null, true, { a: 'é' }], none: [] },
}

export const typedRows: readonly Example[] = [
  { id: 'a', inputs: given, labels: {} },
  { id: 'b', inputs: { ...given, text: '', tags: [], limits: {}, note: 'noted', anything: 'a text', share: 1e-7 }, labels: {} },
  {
    id: 'c',
    inputs: { ...given, anything: [1, [2, [3]]], where: { street: '', floors: [] }, who: { name: '', age: 0, mood: 'sad' } },
    labels: {},
  },
]

/** One step with a field of most types, asked by each adapter, with complete and incomplete demos. */
export const typedPrograms: Readonly<Record<string, Program>> = Object.fromEntries(
  adapterIds.map((adapter): [string, Program] => {
    const fields = [
      ...Object.entries(inputs).map(([name, type]) => ({ ...field(name, 'input', type), desc: name === 'who' ? 'Whom it is about' : '' })),
      ...Object.entries(outputs).map(([name, type]) => field(name, 'output', type)),
    ]
    const graph = {
      adapter,
      nodes: [
        inputNode(...Object.entries(inputs).map(([name, type]) => field(name, 'output', type))),
        signatureNode('read', 'Read it', fields),
        outputNode(...Object.entries(outputs).map(([name, type]) => field(name, 'input', type))),
      ],
      edges: [
        ...Object.keys(inputs).map(name => edge(`in.${name}`, `read.${name}`)),
        ...Object.keys(outputs).map(name => edge(`read.${name}`, `out.${name}`)),
      ],
    }
    const demos: readonly Demo[] = [
      { text: 'only this', summary: 'and that' },
      { ...given, ...answer, note: 'n', until: '2027-02-03' },
      { ...given, people: [], score: 0.1 },
    ]
    return [`every type by ${adapter}`, { graph, state: { read: { instructions: 'Read\n\tall of it.\n\n  Über "日" {x}', demos } } }]
  }),
)

/** Answers every question of a typed program alike, as its adapter lays answers out. */
export function typedLm({ graph }: Program): Lm {
  const node = graph.nodes.find((one): one is SignatureNode => one.kind === 'signature')
  if (node === undefined) throw new Error('a typed program has one step')
  const adapter = adapterFor(graph)
  const signature = { instructions: '', fields: node.fields }
  const said = (by: typeof adapter, demo: Demo): string =>
    readText(by.format(signature, [demo], {}).find(({ role }) => role === 'assistant'))
  const first = said(adapter, { ...given, ...answer, note: 'n', until: '2026-03-04' })
  const second = adapter.extraction ? said(adapter.extraction.adapter, { ...given, ...answer, note: 'n', until: '2026-03-04' }) : first
  return {
    capabilities: { responseFormats: [] },
    async generate(request) {
      const isSecond = request.kind !== 'embed' && readText(request.messages.at(-1)).includes(first)
      return {
        text: isSecond ? second : first,
        usage: { inputTokens: 1, outputTokens: 1 },
        finish: 'stop',
        ms: 1,
        cached: false,
        attempts: 1,
      }
    },
  }
}

const demosOfToy: readonly Demo[] = toyRows(6, 20).map(({ inputs: row, labels }) => ({ ...row, ...labels }))

/** The toy task under settings that change how often and with what is asked. */
export const settingPrograms: Readonly<Record<string, Program>> = {
  'several completions and the most frequent': oneStep('predict', {}, { n: 3 }),
  'several completions and the first': oneStep('chain-of-thought', {}, { n: 2, reduce_fn: 'first', temperature: 0.9 }),
  'reasoning with a description': oneStep('chain-of-thought', {}, { rationaleDesc: 'In "steps"', rationalePrefix: 'So far:' }),
  'the nearest of its demos': oneStep('predict', { classify: { instructions: 'Name the colour.', demos: demosOfToy, nearest: { k: 2 } } }),
  'the nearest with reasoning': oneStep('chain-of-thought', {
    classify: { instructions: 'Name the colour.', demos: demosOfToy.map(demo => ({ ...demo, reasoning: 'So.' })), nearest: { k: 3 } },
  }),
  'two of three programs': voteOf([oneStep(), twoSteps(), oneStep('chain-of-thought')], { size: 2, normalize: 'distinct' }),
  'a vote within a vote': voteOf([voteOf([oneStep(), twoSteps()]), oneStep('best-of-n', {}, { module: 'predict', N: 2 })]),
  'a step that asks in JSON': ((): Program => {
    const { graph, state } = twoSteps()
    return { graph: { ...graph, nodes: graph.nodes.map(node => (node.id === 'extract' ? { ...node, adapter: 'json' } : node)) }, state }
  })(),
  'steps with names of Python': ((): Program => {
    const { graph, state } = twoSteps()
    const names: Readonly<Record<string, string>> = { extract: 'deepcopy', classify: 'def "x"; import os' }
    return { graph: { ...graph, nodes: graph.nodes.map(node => ({ ...node, name: names[node.id] ?? node.name })) }, state }
  })(),
}
