import { z } from 'zod'
import type { SignatureNode } from '../program/program'
import type { Field } from '../signature/signature'
import { printSignatureLine } from '../signature/print-signature'
import { innerModule, innerModuleParam, innerPrefix } from './inner-module'
import { madeField, namedFields } from './made-fields'
import { defineModule, runOnUse } from './step'

/**
 * DSPy's `Parallel`: one module over many inputs, several at once. On a canvas the many are the items of lists: each list among the inputs
 * is taken apart, what is no list goes to every item, and each output is a list again, in the order of the items. Source: dspy-spec §3.11.
 * Differs: DSPy's takes pairs of a module and an example, and stops at `max_errors`. Here every item is asked to its end, so that what was
 * asked does not depend on which answer came first; and there are at most so many items, so that a run can be estimated.
 */
export const parallel = defineModule({
  id: 'parallel',
  title: 'Parallel',
  help: 'Answers each item of a list on its own, several at once, and returns lists in the same order. An item that fails is null.',
  dspyName: 'Parallel',
  params: z.object({
    module: innerModuleParam.unwrap().default('predict').meta({
      title: 'Module',
      help: 'What answers each item: Predict asks for the outputs, ChainOfThought for the reasoning first.',
    }),
    num_threads: z
      .number()
      .int()
      .min(1)
      .max(64)
      .default(8)
      .meta({ title: 'Items at once', help: 'How many items are asked at the same time.' }),
    max_errors: z.number().int().min(1).max(1000).default(10).meta({
      title: 'Failures that end it',
      help: 'With so many failed items the step fails. With fewer, their outputs are null, and the output failed names them.',
    }),
    max_items: z.number().int().min(1).max(1000).default(50).meta({
      title: 'Most items',
      help: 'A longer list is an error, so that the estimate of a run holds.',
    }),
  }),
  addedOutputs: (node, { module }) => [
    ...innerModule(itemNode(node), module).added.map(field => (isMapping(node) ? listOf(field) : field)),
    ...(isMapping(node) ? [failedOutput] : []),
  ],
  slots: (node, { module, max_items }) =>
    innerModule(itemNode(node), module).slots(
      isMapping(node) ? { low: 0, expected: Math.min(5, max_items), high: max_items } : { low: 1, expected: 1, high: 1 },
    ),
  problems: node => {
    if (!isMapping(node)) return []
    const single = namedFields(node, 'output').filter(({ type }) => type.kind !== 'list')
    return [
      ...single.map(({ name }) => `The output "${name}" of ${node.name} gets one value for each item. Make it a list, such as list[str].`),
      ...namedFields(node, 'output')
        .filter(({ name }) => name === failedOutput.name)
        .map(({ name }) => `${node.name} has a field "${name}", a name that Parallel needs itself. Rename it.`),
    ]
  },
  dspyRemarks(node, { module, num_threads, max_errors }, subject) {
    const inner = `dspy.${innerModule(node, module).kind.dspyName}("${printSignatureLine(itemNode(node).fields)}")`
    return [
      `${subject} answers the items of lists by one module; dspy.Parallel is no module, and has no place in a file. Write a module that holds self.${innerPrefix} = ${inner}, and whose forward hands (self.${innerPrefix}, example) of each item to dspy.Parallel(num_threads=${num_threads}, max_errors=${max_errors}).`,
    ]
  },
  typeScriptRemarks: (node, { max_items }, subject) =>
    isMapping(node) ? [`${subject} asks once for each item of its lists, up to ${max_items} times for each call.`] : [],
  run: runOnUse(async () => (await import('./parallel-run')).runParallel),
})

const failedOutput = madeField('failed', 'output', '', {
  kind: 'list',
  of: { kind: 'object', fields: { index: { kind: 'int' }, error: { kind: 'str' } } },
})

/** Whether there is a list to take apart; without one the step asks once. */
export function isMapping(node: SignatureNode): boolean {
  return namedFields(node, 'input').some(({ type }) => type.kind === 'list')
}

/** The step as one item sees it: lists are one of their items. */
export function itemNode(node: SignatureNode): SignatureNode {
  if (!isMapping(node)) return node
  let known = itemNodes.get(node)
  if (known === undefined) itemNodes.set(node, (known = { ...node, fields: node.fields.map(itemOf) }))
  return known
}
/** Steps are never changed in place. */
const itemNodes = new WeakMap<SignatureNode, SignatureNode>()

function itemOf(field: Field): Field {
  if (field.type.kind !== 'list') return field
  // A default is one of the whole list.
  const { default: _, ...rest } = field
  return { ...rest, type: field.type.of }
}

function listOf(field: Field): Field {
  return { ...field, type: { kind: 'list', of: field.type } }
}
