import type { Program } from '@/engine/program/program'
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
    [
      `const labels = ${JSON.stringify(toyLabels)}`,
      `const word = inputs.text.split(' ').at(-1)`,
      `return { label: labels[[...word].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % labels.length] }`,
    ].join('\n'),
  ),
  vote: voteOf([oneStep(), twoSteps(), oneStep('chain-of-thought')]),
}

/** text → label by code, and beside it text → keyword by a Predict: a program has to ask a model somewhere. */
function beside(source: string): Program {
  const label = { kind: 'enum', values: toyLabels } as const
  return {
    graph: {
      nodes: [
        inputNode(field('text', 'output')),
        { kind: 'code', id: 'classify', name: 'Classify', source, fields: [field('text', 'input'), field('label', 'output', label)] },
        signatureNode('extract', 'Extract', [field('text', 'input'), field('keyword', 'output')]),
        outputNode(field('label', 'input', label), field('keyword', 'input')),
      ],
      edges: [
        edge('in.text', 'classify.text'),
        edge('in.text', 'extract.text'),
        edge('classify.label', 'out.label'),
        edge('extract.keyword', 'out.keyword'),
      ],
    },
    state: {},
  }
}
