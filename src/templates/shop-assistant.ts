import type { Field } from '@/engine/signature/signature'
import { projectFileOf } from './project-file'
import shopQuestions from './shop-questions.json'
import { shopMetric, shopTools } from './shop-tools'
import type { Template } from './template'

/** An agent with three tools: which one to call, in which order and what to make of the result has to be learnt for each kind of question. */
export const shopAssistant: Template = {
  id: 'shop-assistant',
  title: 'Shop assistant',
  summary: 'Answers customers with three tools over a small catalogue: search, look up, work out delivery. A ReAct agent.',
  learn: 'how an agent is optimized like any other step: its turns get demos and instructions of their own.',
  build: newId =>
    projectFileOf(
      {
        templateId: 'shop-assistant',
        name: 'Shop assistant',
        graph: {
          nodes: [
            { id: 'question-in', kind: 'input', name: 'Question', fields: [{ ...question, role: 'output' }] },
            {
              id: 'assist',
              kind: 'signature',
              name: 'Assist',
              module: 'react',
              moduleParams: { tools: shopTools, max_iters: 6 },
              fields: [
                { ...question, role: 'input' },
                { ...answer, role: 'output' },
              ],
            },
            { id: 'answer-out', kind: 'output', name: 'Answer', fields: [{ ...answer, role: 'input' }] },
          ],
          edges: [
            { id: 'e1', from: { node: 'question-in', field: 'question' }, to: { node: 'assist', field: 'question' } },
            { id: 'e2', from: { node: 'assist', field: 'answer' }, to: { node: 'answer-out', field: 'answer' } },
          ],
        },
        state: {
          'assist.react': { instructions, demos: [] },
          'assist.extract': { instructions, demos: [] },
        },
        layout: { 'question-in': { x: 0, y: 40 }, assist: { x: 290, y: 0 }, 'answer-out': { x: 630, y: 40 } },
        datasetName: 'Shop questions',
        columns: [
          { name: 'question', type: 'str' },
          { name: 'answer', type: 'str' },
          { name: 'kind', type: 'str' },
        ],
        rows: shopQuestions,
        mapping: { inputs: { question: 'question' }, labels: { answer: 'answer' } },
        split: { train: 40, val: 40, test: 20, seed: 0 },
        metric: { kind: 'code', params: { source: shopMetric } },
        optimizerParams: { max_bootstrapped_demos: 8, max_labeled_demos: 16, num_candidate_programs: 6 },
      },
      newId,
    ),
}

const instructions = "Answer the customer's question."
const question: Omit<Field, 'role'> = { id: 'question', name: 'question', type: { kind: 'str' }, desc: 'What the customer asks.' }
const answer: Omit<Field, 'role'> = {
  id: 'answer',
  name: 'answer',
  type: { kind: 'str' },
  desc: 'A number without a currency, yes or no, or the name of a product.',
}
