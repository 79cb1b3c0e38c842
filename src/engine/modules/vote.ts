import { z } from 'zod'
import { programInputs, programOutputs } from '../program/ends'
import { typeMismatch } from '../program/type-compatible'
import type { Body, ProgramGraph, VoteNode } from '../program/program'
import type { Field } from '../signature/signature'
import { exactly, sumCalls } from '../lm/call-range'
import { textRules } from '../metrics/rules'
import { reduceIds, reduceNames } from './reduce-ids'
import type { NodeKind } from './node-kind'
import { bindStep, runOnUse, type StepKind } from './step'
import { stepParams } from './step-params'

const title = 'Vote'
const params = z.object({
  reduce_fn: z.enum(reduceIds).default('majority').meta({
    title: 'One answer of many',
    help: 'Majority: the most frequent answer. Mean and median: of outputs that are numbers.',
  }),
  // Without it a vote was made before texts were compared with care, and goes on counting as it did.
  normalize: z.enum(textRules).default('dspy').meta({
    title: 'Equal answers',
    help: 'Which answers a majority counts as one. distinct: signs, decimal points and symbols tell answers apart, and options of a Literal are compared letter by letter. dspy: without any punctuation, as DSPy.',
  }),
  size: z.number().int().min(1).max(64).optional().meta({
    title: 'Programs asked',
    help: 'How many of the programs answer a row, drawn by its inputs. Empty: all of them.',
  }),
  seed: z.number().int().default(0).meta({ title: 'Seed', help: 'Another seed draws other programs. Only where not all are asked.' }),
})
export const voteParams = stepParams({ title, params })

/**
 * DSPy's `Ensemble`: its programs answer the same inputs, and their answers are joined to one. As in DSPy, a program that fails takes the
 * row with it; the others are asked to their end. Source: dspy-spec §6.14.
 * Differs: which programs are drawn follows from seed, inputs and sample, so that a run, its replay and the exported program draw the
 * same (DSPy's `deterministic`, which it does not have yet), and those drawn keep their order, which decides between equally frequent
 * answers. All of them are asked at once.
 */
export const voteStep: StepKind<VoteNode> = {
  id: 'vote',
  title,
  help: 'Several programs answer the same inputs; the most frequent answer is returned.',
  dspyName: 'Ensemble',
  params,
  starter: base => ({
    ...base,
    kind: 'vote',
    moduleParams: { normalize: 'distinct' },
    bodies: [
      { id: 'b1', name: 'Program 1', graph: oneStep(base.fields, 'predict') },
      { id: 'b2', name: 'Program 2', graph: oneStep(base.fields, 'chain-of-thought') },
    ],
  }),
  takesText: false,
  needsInput: true,
  namesPerSide: true,
  addedOutputs: () => [],
  slots: () => [],
  ownCalls: () => exactly(0),
  bodies(node) {
    const { bodies } = node
    const count = askedOf(node)
    const runs = count === bodies.length ? exactly(1) : { low: 0, expected: count / bodies.length, high: 1 }
    return bodies.map((body, index) => ({ body, dspyPath: `programs[${index}]`, runs }))
  },
  bodyCalls(node, each) {
    const count = askedOf(node)
    if (count === each.length) return sumCalls(each)
    const sorted = (part: 'low' | 'high'): number[] => each.map(range => range[part]).sort((a, b) => a - b)
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
    const expected = Math.round((sumCalls(each).expected * count) / Math.max(1, each.length))
    return { low: sum(sorted('low').slice(0, count)), expected, high: sum(sorted('high').slice(-count)) }
  },
  facts(node) {
    const count = node.bodies.length
    const asked = askedOf(node)
    const programs = count === 1 ? '1 program' : `${count} programs`
    return `${asked < count ? `${asked} of ${programs}` : programs}, ${reduceNames[voteParams.of(node).reduce_fn]}`
  },
  problems(node) {
    const unfit = voteParams.problem(node)
    if (unfit !== undefined) return [unfit]
    const { size } = voteParams.of(node)
    const count = node.bodies.length
    if (count === 0) return [`${node.name} has no program. Add one in its panel.`]
    return [
      ...(size !== undefined && size > count
        ? [`${node.name} asks ${size} programs, but has ${count}. Add programs, or let it ask fewer.`]
        : []),
      ...node.bodies.flatMap(body => bodyProblems(node, body)),
    ]
  },
  sources: () => [],
  remarks(node, subject) {
    const { reduce_fn, size } = voteParams.of(node)
    const isMajority = reduce_fn === 'majority'
    const made = `dspy.Ensemble(reduce_fn=${isMajority ? 'dspy.majority' : reduce_fn}${size === undefined ? '' : `, size=${size}`}).compile([…])`
    const joined = isMajority ? 'the most frequent answer' : `the ${reduce_fn} of numbers, the most frequent of everything else`
    return {
      dspy: [
        `${subject} is what ${made} returns for ${node.bodies.length} programs of these structures, in this order (${node.bodies.map(({ name }) => name).join(', ')}): make it so, then load the file.`,
        ...(isMajority ? [] : [`DSPy has no ${reduce_fn} of numbers: write that function and give it as reduce_fn.`]),
        ...(size === undefined
          ? []
          : [`DSPy draws the ${size} programs by chance, the studio by the inputs of a row: single answers differ.`]),
      ],
      typeScript: [`${subject} runs ${askedOf(node)} programs for each call and returns one answer of all (${joined}).`],
    }
  },
  run: runOnUse(async () => (await import('./vote-run')).runVote),
}

export const voteNodes: NodeKind = {
  id: 'vote',
  title,
  help: 'Several programs answer, the most frequent answer counts',
  steps: [voteStep],
  step: node => (node.kind === 'vote' ? bindStep(voteStep, node) : undefined),
  start: { name: 'vote', inputs: ['question'], outputs: ['answer'] },
  make: voteStep.starter,
}

/** How many programs answer one row. */
export function askedOf(node: VoteNode): number {
  const { size = node.bodies.length } = voteParams.of(node)
  return Math.min(size, node.bodies.length)
}

/** What of a body does not fit the fields of the step. */
function bodyProblems(node: VoteNode, { name, graph }: Body): readonly string[] {
  const place = `"${name}" of ${node.name}`
  const entering = programInputs(graph)
  const leaving = programOutputs(graph)
  const given = node.fields.filter(({ role }) => role === 'input')
  return [
    ...entering.flatMap(field => {
      const source = given.find(each => each.name === field.name)
      if (source === undefined) return [`${place} reads "${field.name}", which ${node.name} has no input for. Add it, or remove it there.`]
      return mismatch(`The input "${field.name}" of ${place}`, source, field)
    }),
    ...outputsOf(node).flatMap(field => {
      const source = leaving.find(each => each.name === field.name)
      if (source === undefined) return [`${place} returns no "${field.name}". Add it to the Output there, or remove it from ${node.name}.`]
      return mismatch(`The output "${field.name}" of ${place}`, source, field)
    }),
  ]
}

function mismatch(what: string, from: Field, to: Field): readonly string[] {
  const reason = typeMismatch(from.type, to.type)
  return reason === undefined ? [] : [`${what} does not fit: ${reason}. Change one of the types.`]
}

export function outputsOf({ fields }: VoteNode): readonly Field[] {
  return fields.filter(({ role }) => role === 'output')
}

/** A program of one step with these fields. Ids have to be unique in their program only. */
function oneStep(fields: readonly Field[], module: string): ProgramGraph {
  const inputs = fields.filter(({ role }) => role === 'input')
  const outputs = fields.filter(({ role }) => role === 'output')
  const turned = (list: readonly Field[], role: Field['role']): readonly Field[] => list.map(field => ({ ...field, role }))
  return {
    nodes: [
      { id: 'in', kind: 'input', name: 'input', fields: turned(inputs, 'output') },
      { id: 'answer', kind: 'signature', name: 'answer', module, moduleParams: {}, fields: [...inputs, ...outputs] },
      { id: 'out', kind: 'output', name: 'output', fields: turned(outputs, 'input') },
    ],
    edges: [
      ...inputs.map(({ id }) => ({ id: `in ${id}`, from: { node: 'in', field: id }, to: { node: 'answer', field: id } })),
      ...outputs.map(({ id }) => ({ id: `out ${id}`, from: { node: 'answer', field: id }, to: { node: 'out', field: id } })),
    ],
  }
}
