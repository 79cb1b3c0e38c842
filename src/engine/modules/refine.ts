import { z } from 'zod'
import { mentionsFeedback } from '../user-code/mentions-feedback'
import type { Field } from '../signature/signature'
import { attemptsRemark } from './attempts-remark'
import { innerModule, innerModuleParam } from './inner-module'
import { attemptRange, rewardParam, thresholdParam } from './reward'
import { defineModule, runOnUse } from './step'

/**
 * DSPy's `Refine`: like BestOfN, but each attempt gets advice on what the one before it did wrong.
 * Differs: DSPy hands the Python source of module and reward to the model that gives advice; ours describes the module by its signature.
 */
export const refine = defineModule({
  id: 'refine',
  title: 'Refine',
  help: 'Tries, lets the model advise on what was wrong, and tries again with the advice. Keeps the best answer.',
  dspyName: 'Refine',
  params: z.object({
    module: innerModuleParam,
    N: z.number().int().min(1).max(50).default(3).meta({ title: 'Attempts', help: 'The most attempts for one row.' }),
    threshold: thresholdParam.default(null),
    fail_count: z.number().int().min(0).optional().meta({
      title: 'Failures allowed',
      help: 'Attempts that may fail before the step fails. Empty: it fails only when all of them do.',
    }),
    reward: rewardParam,
  }),
  starter: { threshold: 1 },
  addedOutputs: (node, { module }) => innerModule(node, module).added,
  slots: (node, { module, N, threshold }) => innerModule(node, module).slots(attemptRange(N, threshold)),
  ownCalls(_node, { N, threshold }) {
    const { low, expected, high } = attemptRange(N, threshold)
    return { low: low - 1, expected: expected - 1, high: high - 1 }
  },
  sources: (_node, { reward }) => [{ key: 'reward', kind: 'reward', source: reward }],
  dspyRemarks: (_node, params, subject) => [
    attemptsRemark('Refine', params, subject),
    ...(mentionsFeedback(params.reward)
      ? [`${subject} hands the feedback of its reward function to the model that advises. DSPy reads a number and nothing else.`]
      : []),
  ],
  run: runOnUse(async () => (await import('./refine-run')).runRefine),
})

/** Stands where there is no advice, and in demos that were made without any. */
export const noHint = 'N/A'

/** DSPy's name of the input that carries advice. */
export const hintField: Field = {
  id: 'hint_',
  name: 'hint_',
  role: 'input',
  type: { kind: 'str' },
  desc: 'Advice from an earlier attempt at these inputs. N/A where there is none.',
}
