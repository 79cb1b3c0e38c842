import { z } from 'zod'
import { cutText } from '@/lib/cut-text'
import { pythonStr } from '@/lib/python-text'
import { exactly } from '../lm/call-range'
import type { BranchNode } from '../program/program'
import { typeMismatch } from '../program/type-compatible'
import { coerceValue } from '../signature/check-value'
import { answerType } from '../signature/types/decision-kinds'
import type { Field } from '../signature/signature'
import { valuesOfEnum } from '../signature/types/class-kinds'
import type { EnumValue, FieldType } from '../signature/types/field-type'
import type { NodeKind } from './node-kind'
import { bindStep, runOnUse, type StepKind } from './step'
import { stepParams } from './step-params'

const title = 'Branch'
const hidden = { widget: 'hidden' } as const
/** When an output is the one that is given: for one value of the input that decides, or for what a condition finds. */
const rule = z.union([z.object({ is: z.union([z.string(), z.number(), z.boolean(), z.null()]) }), z.object({ when: z.string() })])
const params = z.object({
  gives: z
    .string()
    .default('')
    .meta({ title: 'Hands on', help: 'The input whose value goes on by the way that is taken.', ...hidden }),
  on: z
    .string()
    .optional()
    .meta({ title: 'Decides', help: 'The input whose value is compared, where ways name a value.', ...hidden }),
  ways: z
    .record(z.string(), rule)
    .default({})
    .meta({
      title: 'Ways',
      help: 'By output: { "is": value } or { "when": JavaScript that returns true or false }. An output without a rule is the way for all else.',
      ...hidden,
    }),
})
export const branchParams = stepParams({ title, params })
export type WayRule = z.output<typeof rule>

/**
 * Hands the value of one input on by one of its outputs: the first whose rule holds, else the one without a rule, else none. The others
 * have no value, which is something else than null: steps that read them do not run. In DSPy this is an `if` in the program's own Python.
 */
export const branchStep: StepKind<BranchNode> = {
  id: 'branch',
  title,
  help: 'Goes one of several ways: a value is handed on by the output whose rule holds, and steps behind the others do not run.',
  dspyName: 'if',
  params,
  starter: startBranch,
  takesText: false,
  needsInput: true,
  namesPerSide: true,
  editor: 'ways',
  addedOutputs: () => [],
  slots: () => [],
  ownCalls: () => exactly(0),
  bodies: () => [],
  bodyCalls: () => exactly(0),
  facts: factsOf,
  account: node => {
    const { gives, on } = branchParams.of(node)
    return [`hands on ${gives} by one of:`, ...waysOf(node).map(way => `${way.output.name} ${ruleWords(way.rule, on, Infinity)}`)].join(
      '\n',
    )
  },
  choice: node => ({ isComplete: isComplete(node) }),
  problems(node) {
    const unfit = branchParams.problem(node)
    return unfit === undefined
      ? [...inputProblems(node), ...waysOf(node).flatMap(way => wayProblems(node, way)), ...restProblems(node)]
      : [unfit]
  },
  sources: node =>
    branchParams.problem(node) === undefined
      ? waysOf(node).flatMap(({ output, rule }) =>
          rule && 'when' in rule ? [{ key: `ways.${output.name}`, kind: 'condition' as const, source: rule.when }] : [],
        )
      : [],
  remarks: (_node, subject) => ({
    dspy: [
      `${subject} goes one of several ways, which DSPy’s file does not hold. Write it as an if in the forward of your program: the steps behind it are in the file.`,
    ],
    typeScript: [],
  }),
  run: runOnUse(async () => (await import('./branch-run')).runBranch),
}

export const branchNodes: NodeKind = {
  id: 'branch',
  title,
  help: 'One of several ways, by a value or a condition',
  steps: [branchStep],
  step: node => (node.kind === 'branch' ? bindStep(branchStep, node) : undefined),
  start: { name: 'branch', inputs: ['value'], outputs: ['yes', 'no'] },
  make: branchStep.starter,
}

export interface Way {
  readonly output: Field
  /** Undefined for the way of all else. */
  readonly rule: WayRule | undefined
}

/** Its outputs in their order, each with its rule. */
export function waysOf(node: BranchNode): readonly Way[] {
  const { ways } = branchParams.of(node)
  return node.fields.flatMap(output => (output.role === 'output' ? [{ output, rule: ways[output.name] }] : []))
}

/** The values that a type has, where they can be counted; undefined for any other. */
export function choicesOf(type: FieldType): readonly EnumValue[] | undefined {
  switch (type.kind) {
    case 'bool':
      return [true, false]
    case 'enum':
      return type.values
    case 'enum-class':
      return valuesOfEnum(type)
    case 'optional': {
      const values = choicesOf(type.of)
      return values && [...values, null]
    }
    case 'noul':
    case 'choice':
      return choicesOf(answerType(type))
    default:
      return undefined
  }
}

/** A way that is taken where a condition holds, and one for all else: it works at once, whatever its input is. */
function startBranch(base: Pick<BranchNode, 'id' | 'name' | 'fields'>): BranchNode {
  const first = base.fields.find(({ role }) => role === 'input')
  const outputs = base.fields.filter(({ role }) => role === 'output')
  // Of a wire that was dropped one field has a type; what is handed on has it on both sides.
  const type = [first, ...outputs].find(field => field && field.type.kind !== 'str')?.type ?? first?.type
  const condition = first === undefined ? 'return true' : `return Boolean(inputs.${first.name})`
  return {
    ...base,
    kind: 'branch',
    fields: base.fields.map(field => (type && (field === first || field.role === 'output') ? { ...field, type } : field)),
    moduleParams: {
      gives: first?.name ?? '',
      ways: Object.fromEntries(outputs.slice(0, -1).map(({ name }) => [name, { when: condition }])),
    },
  }
}

function inputNamed(node: BranchNode, name: string | undefined): Field | undefined {
  return node.fields.find(field => field.role === 'input' && field.name === name)
}

function isComplete(node: BranchNode): boolean {
  const ways = waysOf(node)
  if (ways.some(({ rule }) => rule === undefined)) return true
  const deciding = inputNamed(node, branchParams.of(node).on)
  const values = deciding && choicesOf(deciding.type)
  const named = new Set(ways.flatMap(({ rule }) => (rule && 'is' in rule ? [rule.is] : [])))
  return values !== undefined && values.every(value => named.has(value))
}

function inputProblems(node: BranchNode): readonly string[] {
  const { gives, on } = branchParams.of(node)
  return [
    ...(inputNamed(node, gives) ? [] : [`${node.name} hands on "${gives}", which it has no input for. Choose an input under Ways.`]),
    ...(on === undefined || inputNamed(node, on)
      ? []
      : [`${node.name} decides by "${on}", which it has no input for. Choose an input under Ways.`]),
  ]
}

function wayProblems(node: BranchNode, { output, rule }: Way): readonly string[] {
  const { gives, on } = branchParams.of(node)
  const given = inputNamed(node, gives)
  const deciding = inputNamed(node, on)
  const reason = given && typeMismatch(given.type, output.type)
  const misfit =
    reason === undefined ? [] : [`"${output.name}" of ${node.name} is the value of "${gives}": ${reason}. Give it the same type.`]
  if (rule === undefined) return misfit
  if ('when' in rule) {
    const isEmpty = rule.when.trim() === ''
    return isEmpty
      ? [...misfit, `The way "${output.name}" of ${node.name} has no condition. Write JavaScript that returns true or false.`]
      : misfit
  }
  if (on === undefined)
    return [...misfit, `The way "${output.name}" of ${node.name} names a value, but no input decides. Choose one under Ways.`]
  const fits = deciding === undefined || coerceValue(answerType(deciding.type), rule.is).ok
  return fits
    ? misfit
    : [...misfit, `The way "${output.name}" of ${node.name} is for ${pythonStr(rule.is)}, which "${on}" is never. Choose another value.`]
}

function restProblems(node: BranchNode): readonly string[] {
  const ways = waysOf(node)
  const rest = ways.filter(({ rule }) => rule === undefined).map(({ output }) => `"${output.name}"`)
  const named = ways.flatMap(({ rule }) => (rule && 'is' in rule ? [rule.is] : []))
  const twice = named.find((value, index) => named.indexOf(value) < index)
  return [
    ...(rest.length > 1
      ? [`${node.name} has several ways for all else: ${rest.join(', ')}. Give all of them but one a condition or a value.`]
      : []),
    ...(twice === undefined ? [] : [`${node.name} has two ways for ${pythonStr(twice)}. Change one, or remove it.`]),
  ]
}

/** Values are in the names of the ways, mostly; conditions are not. */
function factsOf(node: BranchNode): string {
  const { on } = branchParams.of(node)
  const ways = waysOf(node)
  const told = ways.filter(({ rule }) => rule === undefined || 'when' in rule)
  return [
    ...(told.length < ways.length ? [`by ${on ?? '?'}`] : []),
    ...told.map(({ output, rule }) => `${output.name} ${ruleWords(rule, on)}`),
  ].join(' · ')
}

function ruleWords(rule: WayRule | undefined, on: string | undefined, most = 60): string {
  if (rule === undefined) return 'otherwise'
  if ('is' in rule) return `if ${on ?? '?'} is ${pythonStr(rule.is)}`
  const condition = rule.when
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^return /, '')
  return `if ${condition.length > most ? cutText(condition, most) : condition}`
}
