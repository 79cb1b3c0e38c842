import { z } from 'zod'
import type { Json } from '@/lib/json'
import { cutText } from '@/lib/cut-text'
import { exactly } from '../lm/call-range'
import type { ConstantNode } from '../program/program'
import { coerceValue } from '../signature/check-value'
import type { Field } from '../signature/signature'
import type { FieldType } from '../signature/types/field-type'
import { holdsFile } from '../signature/types/registry'
import type { NodeKind } from './node-kind'
import { bindStep, type StepKind } from './step'

/** Values that are the same for every row: each output gives its default. Asks no model. DSPy has no such module. */
export const constantStep: StepKind<ConstantNode> = {
  id: 'constant',
  title: 'Constant',
  help: 'Values that are the same for every row, such as a list of rules. Each output gives its default. Asks no model.',
  dspyName: 'variable',
  params: z.object({}),
  starter: base => ({
    ...base,
    kind: 'constant',
    fields: base.fields.flatMap((field): readonly Field[] => (field.role === 'output' ? [withValue(field)] : [])),
  }),
  takesText: false,
  needsInput: false,
  namesPerSide: false,
  editor: 'values',
  addedOutputs: () => [],
  slots: () => [],
  ownCalls: () => exactly(0),
  bodies: () => [],
  bodyCalls: () => exactly(0),
  facts: ({ fields }) =>
    fields.map(({ name, default: value }) => `${name} = ${value === undefined ? '?' : cutText(JSON.stringify(value), 60)}`).join(', '),
  account: ({ fields }) => fields.map(({ name, default: value = null }) => `${name} = ${cutText(JSON.stringify(value), 2000)}`).join('\n'),
  problems: node => node.fields.flatMap(field => fieldProblem(node, field)),
  sources: () => [],
  remarks: (_node, subject) => ({
    dspy: [`${subject} gives fixed values, which DSPy’s file does not hold. Write them in Python and pass them on.`],
    typeScript: [],
  }),
  run: async ({ fields }) => Object.fromEntries(fields.map(field => [field.name, valueOf(field)])),
}

export const constantNodes: NodeKind = {
  id: 'constant',
  title: constantStep.title,
  help: 'The same values for every row',
  steps: [constantStep],
  step: node => (node.kind === 'constant' ? bindStep(constantStep, node) : undefined),
  start: { name: 'constant', inputs: [], outputs: ['value'] },
  hasNoInputs: true,
  make: constantStep.starter,
}

/** The default itself fits its type in a sound program; what is written otherwise, such as "3" for a number, is read as in a row. */
function valueOf({ type, default: value = null }: Field): Json {
  const fitted = coerceValue(type, value)
  return fitted.ok ? fitted.value : value
}

function fieldProblem({ name: step }: ConstantNode, { name, role, type, default: value }: Field): readonly string[] {
  if (role === 'input') return [`${step} takes no inputs. Remove "${name}", or make it an output.`]
  // What belongs to a file is kept for rows and results only, and would be lost here.
  if (holdsFile(type)) return [`${step} cannot hold files. Give "${name}" another type.`]
  const isEmpty = value === undefined || (value === null && !coerceValue(type, null).ok)
  return isEmpty && type.kind !== 'optional' ? [`"${name}" of ${step} has no value. Give it one in the panel of ${step}.`] : []
}

/** A new constant works at once where its type has a value that comes to mind. */
function withValue(field: Field): Field {
  const value = field.default ?? plainValue(field.type)
  return value === undefined ? field : { ...field, default: value }
}

function plainValue(type: FieldType): Json | undefined {
  switch (type.kind) {
    case 'str':
    case 'any':
      return ''
    case 'int':
    case 'float':
      return 0
    case 'bool':
      return false
    case 'enum':
      return type.values[0]
    case 'list':
    case 'set':
      return []
    case 'dict':
      return {}
    case 'optional':
      return null
    default:
      return undefined
  }
}
