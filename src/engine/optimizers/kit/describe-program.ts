import { planOf } from '../../graph/plan'
import type { Predictor } from '../../graph/predictors'
import { predictorsOf } from '../../graph/predictors'
import type { Program } from '../../program/program'
import { stepOf } from '../../modules/registry'
import { printSignatureLine } from '../../signature/print-signature'

/**
 * The program as a text that a model can read: each step with its signature, instructions and where its inputs come from.
 * DSPy shows Python source here; ours is a graph, so it is written down as one.
 */
export function describeProgram({ graph, state }: Program): string {
  const plan = planOf(graph)
  const predictors = predictorsOf(graph)
  const names = new Map(graph.nodes.map(node => [node.id, node.name]))
  const source = ({ from, name }: { readonly from: string; readonly name: string }): string => `${names.get(from) ?? from}.${name}`
  const lines = [`Inputs: ${plan.inputs.map(({ field }) => field.name).join(', ')}`]
  for (const { node, kind, wires } of plan.layers.flat()) {
    const given = wires.map(wire => `${wire.field.name} from ${source(wire)}`).join(', ')
    const own = predictors.filter(one => one.node === node)
    const signature = own.length > 0 ? `("${printSignatureLine(node.fields)}")` : ''
    lines.push(`Step ${node.name}: ${kind.dspyName}${signature}`, `  takes ${given}`)
    for (const { key, source } of kind.sources(node))
      lines.push(...(key === '' ? [] : [`  ${key}:`]), ...source.split('\n').map(line => `  ${line}`))
    for (const predictor of own) {
      lines.push(
        `  instructions${predictor.slotTitle && ` of ${predictor.slotTitle}`}: ${predictor.instructions(state).replaceAll('\n', '\n    ')}`,
      )
    }
  }
  for (const { wires } of plan.outputs) lines.push(`Outputs: ${wires.map(wire => `${wire.field.name} from ${source(wire)}`).join(', ')}`)
  return lines.join('\n')
}

/** `ChainOfThought(ticket) -> reasoning, category`: which step of the program is meant. */
export function describeModule({ node, signature }: Predictor, { state }: Program): string {
  const names = (role: 'input' | 'output'): string =>
    signature(state)
      .fields.filter(field => field.role === role)
      .map(field => field.name)
      .join(', ')
  return `${stepOf(node)?.kind.dspyName ?? node.module}(${names('input')}) -> ${names('output')}`
}
