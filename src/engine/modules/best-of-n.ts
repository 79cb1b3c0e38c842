import { z } from 'zod'
import { attemptsRemark } from './attempts-remark'
import { innerModule, innerModuleParam } from './inner-module'
import { attemptRange, rewardParam, thresholdParam } from './reward'
import { defineModule, runOnUse } from './step'

/** DSPy's `BestOfN`: several independent attempts, of which a reward function keeps the best. */
export const bestOfN = defineModule({
  id: 'best-of-n',
  title: 'BestOfN',
  help: 'Tries several times and keeps the answer that your reward function scores highest. Stops early at the threshold.',
  dspyName: 'BestOfN',
  params: z.object({
    module: innerModuleParam,
    N: z.number().int().min(1).max(50).default(3).meta({ title: 'Attempts', help: 'The most attempts for one row.' }),
    threshold: thresholdParam.default(1),
    fail_count: z.number().int().min(0).optional().meta({
      title: 'Failures allowed',
      help: 'Attempts that may fail before the step fails. Empty: it fails only when all of them do.',
    }),
    reward: rewardParam,
  }),
  addedOutputs: (node, { module }) => innerModule(node, module).added,
  slots: (node, { module, N, threshold }) => innerModule(node, module).slots(attemptRange(N, threshold)),
  sources: (_node, { reward }) => [{ key: 'reward', kind: 'reward', source: reward }],
  dspyRemarks: (_node, params, subject) => [attemptsRemark('BestOfN', params, subject)],
  run: runOnUse(async () => (await import('./best-of-n-run')).runBestOfN),
})
