import { innerKinds } from './inner-module'

/** What DSPy's file does not hold of a step that keeps the best of several attempts. */
export function attemptsRemark(dspyName: 'BestOfN' | 'Refine', settings: AttemptSettings, subject: string): string {
  const { module, N, threshold, fail_count } = settings
  const arguments_ = [
    `dspy.${innerKinds[module].dspyName}(…)`,
    `N=${N}`,
    'reward_fn=reward',
    // BestOfN compares with it whatever it is.
    `threshold=${threshold ?? 'float("inf")'}`,
    ...(fail_count === undefined ? [] : [`fail_count=${fail_count}`]),
  ]
  return `${subject} is scored by a reward function in JavaScript, which DSPy’s file does not hold, nor how often it tries and when it stops. Write reward(args, pred) in Python, then load the file into dspy.${dspyName}(${arguments_.join(', ')}).`
}

interface AttemptSettings {
  readonly module: keyof typeof innerKinds
  readonly N: number
  readonly threshold: number | null
  readonly fail_count?: number | undefined
}
