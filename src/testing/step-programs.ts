import type { Program, StepNode } from '@/engine/program/program'
import type { Field } from '@/engine/signature/signature'
import type { JsonObject } from '@/lib/json'
import {
  agentStep,
  edge,
  field,
  inputNode,
  lookupTool,
  oneStep,
  outputNode,
  signatureNode,
  toyLabels,
  twoSteps,
  voteOf,
} from './toy-programs'

const label = { kind: 'enum', values: toyLabels } as const
const reward = '(inputs, outputs) => ({ score: outputs.label === "red" ? 1 : 0.2, feedback: "not red" })'
const signature = (module: string, params: JsonObject): Program => oneStep(module, {}, params)

/**
 * A program for each kind of step, which is its second node and answers the toy task. What is run for each kind takes these: a new
 * kind needs a line here.
 */
export const stepPrograms: Readonly<Record<string, Program>> = {
  predict: signature('predict', {}),
  'chain-of-thought': signature('chain-of-thought', {}),
  react: agentStep(),
  'react-v2': signature('react-v2', { tools: [lookupTool], max_iters: 3 }),
  'program-of-thought': signature('program-of-thought', {}),
  'code-act': signature('code-act', { tools: [lookupTool] }),
  rlm: signature('rlm', { tools: [lookupTool], max_iters: 4, max_llm_calls: 2 }),
  'best-of-n': signature('best-of-n', { N: 3, threshold: 1, reward: '(inputs, outputs) => outputs.label === "red"' }),
  refine: signature('refine', { N: 3, threshold: 1, reward }),
  'multi-chain-comparison': signature('multi-chain-comparison', { M: 3 }),
  parallel: signature('parallel', {}),
  code: beside(
    {
      kind: 'code',
      source: [
        `const labels = ${JSON.stringify(toyLabels)}`,
        `const word = inputs.text.split(' ').at(-1)`,
        `return { label: labels[[...word].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % labels.length] }`,
      ].join('\n'),
    },
    [field('text', 'input'), field('label', 'output', label)],
  ),
  template: behind({ kind: 'template', moduleParams: { text: '{label}' } }, [
    { ...field('label', 'input', label), id: 'f-given' },
    field('label', 'output'),
  ]),
  constant: beside({ kind: 'constant' }, [{ ...field('label', 'output', label), default: 'green' }]),
  branch: branched(),
  vote: voteOf([oneStep(), twoSteps(), oneStep('chain-of-thought')]),
}

type OwnParts<N> = N extends unknown ? Omit<N, 'id' | 'name' | 'fields'> : never
type StepParts = OwnParts<StepNode>

/** This step gives the label, from the text if it takes it, and beside it a Predict answers text → keyword: a program has to ask a model somewhere. */
function beside(parts: StepParts, fields: readonly Field[]): Program {
  const type = fields.find(({ name }) => name === 'label')?.type
  return {
    graph: {
      nodes: [
        inputNode(field('text', 'output')),
        { ...parts, id: 'classify', name: 'Classify', fields },
        signatureNode('extract', 'Extract', [field('text', 'input'), field('keyword', 'output')]),
        outputNode(field('label', 'input', type), field('keyword', 'input')),
      ],
      edges: [
        ...fields.flatMap(({ role, name }) => (role === 'input' ? [edge(`in.${name}`, `classify.${name}`)] : [])),
        edge('in.text', 'extract.text'),
        edge('classify.label', 'out.label'),
        edge('extract.keyword', 'out.keyword'),
      ],
    },
    state: {},
  }
}

/** A Predict answers text → label, and this step hands it on. */
function behind(parts: StepParts, fields: readonly Field[]): Program {
  return {
    graph: {
      nodes: [
        inputNode(field('text', 'output')),
        { ...parts, id: 'tell', name: 'Tell', fields },
        signatureNode('classify', 'Classify', [field('text', 'input'), field('label', 'output', label)]),
        outputNode(field('label', 'input')),
      ],
      edges: [edge('in.text', 'classify.text'), edge('classify.label', 'tell.given'), edge('tell.label', 'out.label')],
    },
    state: {},
  }
}

/** A Predict answers text → label, which goes on as it is if it is red; else another Predict answers again. */
function branched(): Program {
  return {
    graph: {
      nodes: [
        inputNode(field('text', 'output')),
        {
          kind: 'branch',
          id: 'route',
          name: 'Route',
          moduleParams: { gives: 'label', ways: { red: { when: "return inputs.label === 'red'" } } },
          fields: [{ ...field('label', 'input', label), id: 'f-given' }, field('red', 'output', label), field('label', 'output', label)],
        },
        signatureNode('classify', 'Classify', [field('text', 'input'), field('label', 'output', label)]),
        signatureNode('again', 'Again', [field('colour', 'input'), field('label', 'output', label)], 'chain-of-thought'),
        outputNode(field('label', 'input', label)),
      ],
      edges: [
        edge('in.text', 'classify.text'),
        edge('classify.label', 'route.given'),
        edge('route.label', 'again.colour'),
        edge('route.red', 'out.label'),
        edge('again.label', 'out.label'),
      ],
    },
    state: {},
  }
}
