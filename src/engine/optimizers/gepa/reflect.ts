import type { Rng } from '@/lib/rng'
import type { Example, Values } from '../../base/example'
import type { Rollout } from '../../evaluate/rollout'
import { planOf } from '../../graph/plan'
import type { Predictor } from '../../graph/predictors'
import type { Program, ProgramGraph } from '../../program/program'
import { printSignatureLine } from '../../signature/print-signature'
import { spansOf, type Span } from '../../trace/span'
import { feedbackSentence, reflectionMessage, unreadableFeedback, type ReflectionRecord } from './text'
import { labelledDemo } from '../kit/labelled-demos'

export interface ReflectOptions {
  readonly perfectScore: number
  /** Shows answers that could not be read, with what was wrong with their form. */
  readonly showsUnreadable: boolean
  /** Draws one of the steps where a predictor ran several times. */
  readonly rng: Rng
}

/** The message that asks for a better instruction of one predictor. Undefined when no rollout shows what it did. */
export function reflectionPrompt(
  predictor: Predictor,
  program: Program,
  examples: readonly Example[],
  rollouts: readonly Rollout[],
  options: ReflectOptions,
): string | undefined {
  const records = rollouts.flatMap((rollout, index) => {
    const example = examples[index]
    const record = example && reflectionRecord(predictor, program.graph, example, rollout, options)
    return record ? [record] : []
  })
  if (records.length === 0) return undefined
  const { fields } = predictor.signature(program.state)
  const instruction = predictor.instructions(program.state)
  return reflectionMessage({ step: predictor.stepName, signature: printSignatureLine(fields), instruction, records })
}

/** What the predictor did in one rollout and how it was judged (dspy-spec §6.11). Undefined when it did nothing that counts. */
export function reflectionRecord(
  predictor: Predictor,
  graph: ProgramGraph,
  example: Example,
  rollout: Rollout,
  { perfectScore, showsUnreadable, rng }: ReflectOptions,
): ReflectionRecord | undefined {
  const { trace, score } = rollout
  const own = spansOf(trace, predictor.id)
  const expected = expectedOutputs(predictor, example)
  const unreadable = showsUnreadable ? own.find(isUnreadable) : undefined
  if (unreadable?.error) {
    const { message, facts } = unreadable.error
    return { inputs: unreadable.inputs, outputs: facts?.text ?? '', expected, feedback: unreadableFeedback(message) }
  }
  const answered = own.filter(span => span.outputs)
  if (answered.length === 0 || score === null || rollout.prediction === undefined) return undefined
  const { inputs, outputs = {} } = rng.choice(answered)
  const feedback = feedbackSentence({
    score,
    isPerfect: score >= perfectScore,
    feedback: rollout.feedback ?? rollout.error?.message,
    parts: rollout.parts,
    outputs: judgedOutputs(graph, example, rollout.prediction),
  })
  return { inputs, outputs, expected, feedback }
}

function isUnreadable({ error }: Span): boolean {
  return error?.code === 'adapter-parse'
}

/** Labels of the row that this predictor's own outputs should have had. */
function expectedOutputs(predictor: Predictor, example: Example): Values {
  const labels = labelledDemo(predictor, { ...example, inputs: {} })
  const names = predictor.node.fields.filter(field => field.role === 'output').map(field => field.name)
  return Object.fromEntries(names.flatMap(name => (labels[name] === undefined ? [] : [[name, labels[name]]])))
}

function judgedOutputs(graph: ProgramGraph, { labels }: Example, prediction: Values) {
  const names = new Set(planOf(graph).outputs.flatMap(({ wires }) => wires.map(({ field }) => field.name)))
  return [...names].flatMap(name => (labels[name] === undefined ? [] : [{ name, expected: labels[name], got: prediction[name] }]))
}
