import type { Program } from '@/engine/program/program'
import { edge, field, inputNode, outputNode, signatureNode, toyLabels } from './toy-programs'

/** text → clean (code) → keyword → label, with a second output made by code: two predictors and two code nodes. */
export function codeProgram(): Program {
  const label = { kind: 'enum', values: toyLabels } as const
  const clean = {
    kind: 'code',
    id: 'clean',
    name: 'Clean up */ (code)',
    fields: [field('text', 'input'), field('tidy', 'output')],
    source: "  const words = inputs.text.split(/\\s+/)\n  return { tidy: words.filter(word => word !== 'please').join(' ') }",
  } as const
  const shout = {
    kind: 'code',
    id: 'shout',
    name: 'Shout',
    fields: [field('label', 'input', label), field('loud', 'output'), field('size', 'output', { kind: 'int' })],
    source: 'return { loud: inputs.label.toUpperCase(), size: inputs.label.length }',
  } as const
  return {
    graph: {
      nodes: [
        inputNode({ ...field('text', 'output'), desc: 'What somebody ordered. */ With a comment end in it.' }),
        clean,
        signatureNode('extract', 'Extract', [field('text', 'input'), field('keyword', 'output')]),
        signatureNode('classify', 'Classify', [field('keyword', 'input'), field('label', 'output', label)], 'chain-of-thought'),
        shout,
        outputNode(field('label', 'input', label), field('loud', 'input'), field('size', 'input', { kind: 'int' })),
      ],
      edges: [
        edge('in.text', 'clean.text'),
        edge('clean.tidy', 'extract.text'),
        edge('extract.keyword', 'classify.keyword'),
        edge('classify.label', 'shout.label'),
        edge('classify.label', 'out.label'),
        edge('shout.loud', 'out.loud'),
        edge('shout.size', 'out.size'),
      ],
    },
    state: {
      extract: { instructions: 'Find the word that is ordered.', demos: [{ text: 'order 9 for item zorp', keyword: 'zorp' }] },
      classify: {
        instructions: 'Name its colour.\n"blin is green"',
        demos: [{ augmented: true, keyword: 'zorp', reasoning: 'Known – é 日.', label: 'red' }],
      },
    },
  }
}
