import { z } from 'zod'
import type { Json } from '@/lib/json'
import type { Values } from '../base/example'
import { EngineError, isEngineError, type ErrorCode } from '../base/errors'
import { exactly } from '../lm/call-range'
import type { FieldType } from '../signature/types/field-type'
import type { Field, Signature } from '../signature/signature'
import type { Trace } from '../trace/span'
import { defineMetric } from './define-metric'
import type { AskJudge, MetricInput } from './metric'

const defaultCriteria = 'The answer is right and complete, and says nothing that the inputs do not support.'

/**
 * A model grades what the program returned, by criteria in words: it gives its reasons first and then a score, which is brought to 0–1.
 * The reasons are the feedback. An answer that cannot be read, or lies off the scale, is asked for once more; then the row has no score.
 */
export const rubricJudge = defineMetric({
  id: 'rubric-judge',
  title: 'Rubric judge',
  help: 'The judge LM grades each answer by criteria of yours, with reasons. For what no rule can check; costs one call a row.',
  params: z.object({
    criteria: z.string().min(1).default(defaultCriteria).meta({
      title: 'Criteria',
      help: 'What makes an answer good, in words for somebody who knows nothing else of the task. Say what costs how much.',
      widget: 'textarea',
    }),
    scale: z.enum(['1-5', '0-10', '0-100', 'pass-fail']).default('1-5').meta({
      title: 'Scale',
      help: 'What the judge may answer. Its ends become 0 and 1. Few steps are judged more alike from row to row.',
    }),
    show_inputs: z.boolean().default(true).meta({ title: 'Show the inputs', help: 'The judge reads what the program was given.' }),
    show_labels: z.boolean().default(true).meta({
      title: 'Show the labels',
      help: 'The judge reads what is known to be right, on rows that have it.',
    }),
    show_steps: z.boolean().default(false).meta({
      title: 'Show the steps',
      help: 'The judge reads what each step got and gave. For criteria about the way to the answer; makes prompts longer.',
    }),
    pass_mark: z.number().min(0).max(1).default(0.75).meta({
      title: 'Pass mark',
      help: 'While demos are bootstrapped an answer is right from this score (0 to 1) on, and wrong below it.',
    }),
  }),
  givesFeedback: () => true,
  labels: () => [],
  judgeCalls: () => exactly(1),
  bind(params) {
    const scale = scales[params.scale]
    return Promise.resolve(async input => {
      if (input.ask === undefined)
        throw new EngineError('metric-failed', 'This metric asks a judge LM, and there is none to ask here. Choose another metric.')
      const shown = shownOf(input, params)
      const { reasons, score } = await grade(input.ask, signatureOf(params.criteria, scale, shown), shown, scale)
      const value = scale.share(score)
      return {
        // Differs: a metric in DSPy is written so by hand: a number in an evaluation, and yes or no where demos are made.
        value: input.trace === undefined ? value : value >= params.pass_mark ? 1 : 0,
        feedback: `${scale.said(score)} ${reasons}`.trim(),
      }
    })
  },
})

interface Scale {
  readonly type: FieldType
  /** For the judge: what it may answer. */
  readonly words: string
  /** Whether a value that fits the type lies on the scale. */
  holds(score: Json): boolean
  /** 0–1. */
  share(score: Json): number
  /** For readers of the feedback. */
  said(score: Json): string
}

function numbers(least: number, most: number): Scale {
  return {
    type: { kind: 'float' },
    words: `a number from ${least} (meets none of the criteria) to ${most} (meets all of them)`,
    holds: score => typeof score === 'number' && score >= least && score <= most,
    share: score => (Number(score) - least) / (most - least),
    said: score => `The judge gave ${Number(Number(score).toFixed(2))} on a scale from ${least} to ${most}.`,
  }
}

const passOrFail: Scale = {
  type: { kind: 'enum', values: ['pass', 'fail'] },
  words: '`pass` where the criteria are met, else `fail`',
  holds: score => score === 'pass' || score === 'fail',
  share: score => (score === 'pass' ? 1 : 0),
  said: score => `The judge said ${String(score)}.`,
}

const scales: Readonly<Record<'1-5' | '0-10' | '0-100' | 'pass-fail', Scale>> = {
  '1-5': numbers(1, 5),
  '0-10': numbers(0, 10),
  '0-100': numbers(0, 100),
  'pass-fail': passOrFail,
}

interface Sight {
  readonly show_inputs: boolean
  readonly show_labels: boolean
  readonly show_steps: boolean
}

/** What the judge gets to see of a row, by field name. */
function shownOf({ example, prediction, steps = [] }: MetricInput, sight: Sight): Values {
  const hasLabels = Object.keys(example.labels).length > 0
  return {
    ...(sight.show_inputs && { program_inputs: example.inputs }),
    ...(sight.show_steps && { program_steps: stepsOf(steps) }),
    ...(sight.show_labels && hasLabels && { expected_outputs: example.labels }),
    program_outputs: prediction,
  }
}

/** The work that counts, without attempts that another one beat. */
function stepsOf(steps: Trace): Json {
  return steps
    .filter(({ discarded, kind }) => discarded !== true && kind !== 'attempt')
    .map(({ name, inputs, outputs }) => ({ step: name, inputs, outputs: outputs ?? null }))
}

const open: FieldType = { kind: 'object', fields: {} }
const sights: Readonly<Record<string, Pick<Field, 'type' | 'desc'>>> = {
  program_inputs: { type: open, desc: 'What the program was given.' },
  program_steps: { type: { kind: 'list', of: open }, desc: 'What each of its steps got and gave, in order.' },
  expected_outputs: { type: open, desc: 'What is known to be right for these inputs.' },
  program_outputs: { type: open, desc: 'What the program returned: the work to grade.' },
}

function signatureOf(criteria: string, scale: Scale, shown: Values): Signature {
  const inputs = Object.entries(sights).flatMap(([name, about]): Field[] =>
    name in shown ? [{ id: name, name, role: 'input', ...about }] : [],
  )
  return {
    instructions: [
      'A program was run on one input. Grade what it returned by these criteria, and by nothing else:',
      criteria.trim(),
      'Begin with `reasons`: say what of the work meets the criteria and what does not, and quote the words you mean. Where something is wrong or missing, say what the answer should have been.',
      `Then give \`score\`: ${scale.words}. It must follow from the reasons.`,
    ].join('\n\n'),
    fields: [
      ...inputs,
      { id: 'reasons', name: 'reasons', role: 'output', type: { kind: 'str' }, desc: 'What speaks for the work and what against it.' },
      { id: 'score', name: 'score', role: 'output', type: scale.type, desc: `${scale.words}.` },
    ],
  }
}

/** Asks, and once more where the answer is of no use: another sample, since the same one would come from the cache. */
async function grade(
  ask: AskJudge,
  signature: Signature,
  shown: Values,
  scale: Scale,
): Promise<{ readonly reasons: string; readonly score: Json }> {
  let problem: EngineError | undefined
  for (const sample of [0, 1]) {
    try {
      const { reasons = null, score = null } = await ask(signature, shown, { sample })
      if (scale.holds(score)) return { reasons: typeof reasons === 'string' ? reasons.trim() : '', score }
      const said = JSON.stringify(score)
      problem = new EngineError('adapter-parse', `It answered ${said}, where the score should be ${scale.words}.`, { text: said })
    } catch (error) {
      if (!isEngineError(error) || !isOwnFailure(error.code)) throw error
      problem = error
      // The same question would meet the same limit or filter again.
      if (error.code !== 'adapter-parse') break
    }
  }
  const { message, code, facts } = problem ?? new EngineError('adapter-parse', 'It gave no answer.')
  throw new EngineError('judge-failed', `The judge gave no score. ${message}`, { ...facts, cause: code }, problem)
}

/** The judge's own failures say nothing about the program; those of the way to it are told as such. */
function isOwnFailure(code: ErrorCode): boolean {
  return ownFailures.has(code)
}

const ownFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'adapter-parse',
  'lm-cut',
  'lm-content-filter',
  'lm-context-length',
  'lm-bad-request',
])
