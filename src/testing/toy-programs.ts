import type { Example } from '@/engine/base/example'
import type { Program, ProgramGraph, ProgramState, SignatureNode, Body } from '@/engine/program/program'
import { outerState } from '@/engine/program/bodies'
import type { Field } from '@/engine/signature/signature'
import type { JavaScriptTool } from '@/engine/tools/javascript-tool'
import type { JsonObject } from '@/lib/json'
import type { FieldType } from '@/engine/signature/types/field-type'

/** Labels of the toy task. */
export const toyLabels = ['red', 'green', 'blue'] as const

const str: FieldType = { kind: 'str' }
const label: FieldType = { kind: 'enum', values: toyLabels }

export function field(name: string, role: Field['role'], type: FieldType = str): Field {
  return { id: `f-${name}`, name, role, type, desc: '' }
}

export function signatureNode(
  id: string,
  name: string,
  fields: readonly Field[],
  module = 'predict',
  moduleParams: JsonObject = {},
): SignatureNode {
  return { kind: 'signature', id, name, module, moduleParams, fields }
}

export function edge(from: string, to: string): ProgramGraph['edges'][number] {
  const end = (text: string): { node: string; field: string } => {
    const [node = '', name = ''] = text.split('.')
    return { node, field: name === 'reasoning' ? name : `f-${name}` }
  }
  return { id: `${from}>${to}`, from: end(from), to: end(to) }
}

export function inputNode(...fields: readonly Field[]): ProgramGraph['nodes'][number] {
  return { kind: 'input', id: 'in', name: 'Input', fields }
}

export function outputNode(...fields: readonly Field[]): ProgramGraph['nodes'][number] {
  return { kind: 'output', id: 'out', name: 'Output', fields }
}

/** text → label: one predictor. */
export function oneStep(module = 'predict', state: ProgramState = {}, moduleParams: JsonObject = {}): Program {
  return {
    graph: {
      nodes: [
        inputNode(field('text', 'output')),
        signatureNode('classify', 'Classify', [field('text', 'input'), field('label', 'output', label)], module, moduleParams),
        outputNode(field('label', 'input', label)),
      ],
      edges: [edge('in.text', 'classify.text'), edge('classify.label', 'out.label')],
    },
    state,
  }
}

/** text → keyword → label: two predictors, of which only the second has a label. */
export function twoSteps(state: ProgramState = {}): Program {
  return {
    graph: {
      nodes: [
        inputNode(field('text', 'output')),
        signatureNode('extract', 'Extract', [field('text', 'input'), field('keyword', 'output')]),
        signatureNode('classify', 'Classify', [field('keyword', 'input'), field('label', 'output', label)], 'chain-of-thought'),
        outputNode(field('label', 'input', label)),
      ],
      edges: [edge('in.text', 'extract.text'), edge('extract.keyword', 'classify.keyword'), edge('classify.label', 'out.label')],
    },
    state,
  }
}

/** text → label: one step in which these programs vote. */
export function voteOf(programs: readonly Program[], moduleParams: JsonObject = {}): Program {
  const bodies = programs.map(({ graph }, index): Body => ({ id: `b${index + 1}`, name: `Program ${index + 1}`, graph }))
  const fields = [field('text', 'input'), field('label', 'output', label)]
  return {
    graph: {
      nodes: [
        inputNode(field('text', 'output')),
        { kind: 'vote', id: 'vote', name: 'Vote', fields, moduleParams, bodies },
        outputNode(field('label', 'input', label)),
      ],
      edges: [edge('in.text', 'vote.text'), edge('vote.label', 'out.label')],
    },
    state: Object.assign({}, ...programs.map(({ state }, index) => outerState(state, `vote/b${index + 1}`))),
  }
}

/** Rows of the toy task: the word after "item" decides the label. */
export function toyRows(count: number, from = 0): readonly Example[] {
  return Array.from({ length: count }, (_, offset) => {
    const index = from + offset
    const word = toyWords[(index * 7) % toyWords.length] ?? ''
    return { id: `row-${index}`, inputs: { text: `order ${index} for item ${word}` }, labels: { label: toyLabelOf(word) } }
  })
}

export const toyWords: readonly string[] = ['zorp', 'blin', 'quax', 'mofi', 'drel', 'tarn', 'wisp', 'glub', 'hesk', 'yont', 'prum', 'vash']

/** The rule of the task, which no model can know without demos or instructions. */
export function toyLabelOf(word: string): string {
  return toyLabels[word.split('').reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % toyLabels.length] ?? 'red'
}

/** text → label by an agent whose tool knows the rule of the task. */
export function agentStep(state: ProgramState = {}, changes: JsonObject = {}): Program {
  return oneStep('react', state, { tools: [lookupTool], max_iters: 4, ...changes })
}

/** Knows the label of a word, and throws for anything that is no word of the task. */
export const lookupTool: JavaScriptTool = {
  name: 'lookup',
  desc: 'The colour of a word.',
  args: [{ name: 'word', type: { kind: 'str' }, desc: 'One word.' }],
  source: [
    `const labels = ${JSON.stringify(toyLabels)}`,
    `if (!/^[a-z]+$/.test(inputs.word)) throw new Error('That is no word.')`,
    `return labels[[...inputs.word].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % labels.length]`,
  ].join('\n'),
}
