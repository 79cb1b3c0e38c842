import type { Field } from '@/engine/signature/signature'
import { projectFileOf } from './project-file'
import type { Template } from './template'
import wordProblems from './word-problems.json'

/** ChainOfThought to a number: the reasoning makes several steps possible, demos show which operation a wording asks for. */
export const wordProblemSolving: Template = {
  id: 'word-problems',
  title: 'Arithmetic word problems',
  summary: 'Reads a short story with numbers in it and works out the answer. ChainOfThought to a number.',
  learn: 'why reasoning comes before the answer, and how solved problems help with new ones.',
  build: newId =>
    projectFileOf(
      {
        templateId: 'word-problems',
        name: 'Arithmetic word problems',
        graph: {
          nodes: [
            { id: 'problem-in', kind: 'input', name: 'Problem', fields: [{ ...problem, role: 'output' }] },
            {
              id: 'solve',
              kind: 'signature',
              name: 'Solve',
              module: 'chain-of-thought',
              moduleParams: {},
              fields: [
                { ...problem, role: 'input' },
                { ...answer, role: 'output' },
              ],
            },
            { id: 'answer-out', kind: 'output', name: 'Answer', fields: [{ ...answer, role: 'input' }] },
          ],
          edges: [
            { id: 'e1', from: { node: 'problem-in', field: 'problem' }, to: { node: 'solve', field: 'problem' } },
            { id: 'e2', from: { node: 'solve', field: 'answer' }, to: { node: 'answer-out', field: 'answer' } },
          ],
        },
        state: { solve: { instructions: 'Solve the word problem. Give the number alone, without its unit.', demos: [] } },
        layout: { 'problem-in': { x: 0, y: 40 }, solve: { x: 290, y: 0 }, 'answer-out': { x: 630, y: 40 } },
        datasetName: 'Word problems',
        columns: [
          { name: 'problem', type: 'str' },
          { name: 'answer', type: 'float' },
        ],
        rows: wordProblems,
        mapping: { inputs: { problem: 'problem' }, labels: { answer: 'answer' } },
        split: { train: 50, val: 74, test: 35, seed: 0 },
        metric: { kind: 'numeric', params: { field: 'answer', absolute: 0.01 } },
        optimizerParams: { max_bootstrapped_demos: 6, max_labeled_demos: 16, num_candidate_programs: 8 },
      },
      newId,
    ),
}

const problem: Omit<Field, 'role'> = { id: 'problem', name: 'problem', type: { kind: 'str' }, desc: '' }
const answer: Omit<Field, 'role'> = { id: 'answer', name: 'answer', type: { kind: 'float' }, desc: '' }
