import { bodyPath } from '../../program/bodies'
import { planOf } from '../../graph/plan'
import { type Predictor, predictorsOf } from '../../graph/predictors'
import type { Program, ProgramGraph } from '../../program/program'
import { stepOf } from '../../modules/registry'
import { printSignatureLine } from '../../signature/print-signature'

/**
 * The program as a text that a model can read: each step with its signature, instructions and where its inputs come from.
 * DSPy shows Python source here; ours is a graph, so it is written down as one.
 */
export function describeProgram({ graph, state }: Program): string {
  return linesOf(graph, { state, predictors: predictorsOf(graph), start: '' }).join('\n')
}

interface Described {
  readonly state: Program['state']
  /** Of the whole program. */
  readonly predictors: readonly Predictor[]
  /** What the paths of the graph's steps begin with. */
  readonly start: string
}

function linesOf(graph: ProgramGraph, { state, predictors, start }: Described): readonly string[] {
  const plan = planOf(graph)
  const names = new Map(graph.nodes.map(node => [node.id, node.name]))
  const source = ({ from, name }: { readonly from: string; readonly name: string }): string => `${names.get(from) ?? from}.${name}`
  const lines = [`Inputs: ${plan.inputs.map(({ field }) => field.name).join(', ')}`]
  for (const { node, wires, dspyName, account, sources, plannedBodies } of plan.layers.flat()) {
    const given = wires.map(wire => `${wire.field.name} from ${source(wire)}`).join(', ')
    const own = predictors.filter(one => one.step === start + node.id)
    const signature = own.length > 0 ? `("${printSignatureLine(node.fields)}")` : ''
    lines.push(`Step ${node.name}: ${dspyName}${signature}`, `  takes ${given}`)
    for (const line of account()?.split('\n') ?? []) lines.push(`  ${line}`)
    for (const { key, source } of sources())
      lines.push(...(key === '' ? [] : [`  ${key}:`]), ...source.split('\n').map(line => `  ${line}`))
    for (const predictor of own) {
      lines.push(
        `  instructions${predictor.slotTitle && ` of ${predictor.slotTitle}`}: ${predictor.instructions(state).replaceAll('\n', '\n    ')}`,
      )
    }
    for (const [id, body] of plannedBodies) {
      const inner = linesOf(body.graph, { state, predictors, start: `${bodyPath(start + node.id, id)}/` })
      lines.push(`  ${body.name}, a program:`, ...inner.map(line => `    ${line}`))
    }
  }
  for (const { wires } of plan.outputs) lines.push(`Outputs: ${wires.map(wire => `${wire.field.name} from ${source(wire)}`).join(', ')}`)
  return lines
}

/** `ChainOfThought(ticket) -> reasoning, category`: which step of the program is meant. */
export function describeModule({ node, stepName, around, signature }: Predictor, { state }: Program): string {
  const names = (role: 'input' | 'output'): string =>
    signature(state)
      .fields.filter(field => field.role === role)
      .map(field => field.name)
      .join(', ')
  const module = `${stepOf(node)?.dspyName ?? node.name}(${names('input')}) -> ${names('output')}`
  return around.length > 0 ? `${stepName}: ${module}` : module
}
