import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { pythonRandom, type Rng } from '@/lib/rng'
import type { Example } from '../../base/example'
import { tooManyErrors } from '../../evaluate/evaluate'
import type { Rollout } from '../../evaluate/rollout'
import { spansOf } from '../../trace/span'
import { openPredictors } from '../../graph/locks'
import { predictorsOf, type Predictor } from '../../graph/predictors'
import type { Demo, PredictorId, ProgramState } from '../../program/program'
import type { RunContext } from './run-context'
import type { RunEvent } from '../../record/events'
import { labelledDemo, withDemos, withLabelledDemos, withoutDemos } from './labelled-demos'

export interface BootstrapSettings {
  readonly trainset: readonly Example[]
  readonly maxBootstrapped: number
  readonly maxLabelled: number
  readonly maxRounds: number
  readonly metricThreshold: number | undefined
  readonly maxErrors: number
  readonly shrinkPool: boolean
  /** Told before each piece of the walk, for progress. */
  readonly onStep?: (tried: number, found: number) => RunEvent
}

/** BootstrapFewShot's compile (dspy-spec §6.2): demos from rows the teacher gets right, filled up with labelled ones. */
export async function* bootstrapDemos(run: RunContext<unknown>, settings: BootstrapSettings): AsyncGenerator<RunEvent, ProgramState> {
  const { graph } = run.student
  const open = openPredictors(graph, 'demos')
  if (open.length === 0) return run.student.state
  const found = yield* findSuccesses(run, settings)
  const examples = [...found.keys()]
  const augmented = new Map<PredictorId, readonly Demo[]>()
  for (const predictor of open) {
    const demos = [...found.values()].flatMap(rollout => augmentedDemo(predictor, rollout)).slice(0, settings.maxBootstrapped)
    augmented.set(predictor.id, demos)
    yield { type: 'demos-bootstrap', predictor: predictor.id, demos, examples: examples.map(({ id }) => id) }
  }

  // Two generators with the same seed, as in DSPy: one orders the pool, one draws from it.
  const rng = run.random(0)
  let pool = run.random(0).shuffle(settings.trainset.filter(example => !found.has(example)))
  return withDemos(graph, withoutDemos(run.student), predictor => {
    const own = augmented.get(predictor.id) ?? []
    const count = Math.max(0, Math.min(settings.maxLabelled - own.length, pool.length))
    const drawn = rng.sample(pool, count)
    // DSPy before 3.4 overwrote its pool with what it drew, so that a later predictor drew only from that.
    if (settings.shrinkPool) pool = drawn
    return [...own, ...drawn.map(example => labelledDemo(predictor, example))]
  })
}

/**
 * Walks the trainset until enough rows succeeded. Where m successes are missing, the next m rows run together: even if all of
 * them succeed, a walk one by one would have run each, so no request is made that DSPy would not make, and which rows are
 * taken is the same. Rounds after the first sample again at temperature 1.
 */
export async function* findSuccesses(
  run: RunContext<unknown>,
  settings: BootstrapSettings,
): AsyncGenerator<RunEvent, ReadonlyMap<Example, Rollout>> {
  const { trainset, maxBootstrapped, maxRounds } = settings
  const teacher = teacherOf(run, settings)
  const stateFor = withoutOwnDemos(run, teacher)
  const found = new Map<Example, Rollout>()
  let errors = 0
  let next = 0
  while (found.size < maxBootstrapped && next < trainset.length) {
    if (settings.onStep) yield settings.onStep(next, found.size)
    const piece = trainset.slice(next, next + maxBootstrapped - found.size)
    next += piece.length
    const successes = new Map<Example, Rollout>()
    let open: readonly Example[] = piece
    for (let round = 0; round < maxRounds && open.length > 0; round++) {
      const resample = round === 0 ? {} : { rollout: round, temperature: 1 }
      const rollouts = await run.rollouts(teacher, open, {
        purpose: 'bootstrap',
        role: 'teacher',
        traceToMetric: true,
        maxErrors: Infinity,
        stateFor,
        ...resample,
      })
      for (const [index, example] of open.entries()) {
        const rollout = rollouts[index]
        if (rollout?.error && ++errors >= Math.max(1, settings.maxErrors)) throw tooManyErrors(errors, rollout.error.message)
        if (rollout && isSuccess(rollout, settings.metricThreshold)) successes.set(example, rollout)
      }
      open = open.filter(example => !successes.has(example))
    }
    // In the order of the trainset, whichever round they succeeded in.
    for (const example of piece) {
      const rollout = successes.get(example)
      if (rollout) found.set(example, rollout)
    }
  }
  return found
}

/** An uncompiled teacher prompts with labelled demos; without any it keeps the student's own. */
function teacherOf(run: RunContext<unknown>, { trainset, maxLabelled }: BootstrapSettings): ProgramState {
  if (maxLabelled === 0) return run.student.state
  const blank = { graph: run.student.graph, state: withoutDemos(run.student) }
  return withLabelledDemos(blank, trainset, { k: maxLabelled, rng: run.random(0) })
}

/**
 * The teacher must not see the answer of the row it works on. Differs: each row gets a state of its own, so a row that throws
 * does not cost the later ones its demo, as it does in DSPy.
 */
function withoutOwnDemos(run: RunContext<unknown>, teacher: ProgramState): (example: Example) => ProgramState {
  const { graph } = run.student
  const predictors = predictorsOf(graph)
  const texts = new Map(predictors.map(({ id }) => [id, (teacher[id]?.demos ?? []).map(canonicalJson)]))
  return example => {
    const own = new Map(predictors.map(predictor => [predictor.id, canonicalJson(labelledDemo(predictor, example))]))
    const isOwn = (predictor: Predictor, index: number): boolean => texts.get(predictor.id)?.[index] === own.get(predictor.id)
    const isShown = predictors.some(predictor => texts.get(predictor.id)?.includes(own.get(predictor.id) ?? ''))
    if (!isShown) return teacher
    return Object.fromEntries(
      Object.entries(teacher).map(([id, state]) => {
        const predictor = predictors.find(one => one.id === id)
        // A step that picks from a pool goes on picking, from what is left of it.
        return [id, predictor ? { ...state, demos: state.demos.filter((_, index) => !isOwn(predictor, index)) } : state]
      }),
    )
  }
}

/** Differs: the score decides; in DSPy a metric that returns a Prediction counts as success whatever its score. */
function isSuccess({ score, error }: Rollout, threshold: number | undefined): boolean {
  if (error !== undefined || score === null) return false
  return threshold ? score >= threshold : score > 0
}

/**
 * What the predictor saw and said in a rollout. Of several steps it keeps the last, or by a coin an earlier one.
 * Differs: the coin is seeded by the demos' JSON, since DSPy's seed, a hash of a pickle, exists only in one Python.
 */
export function augmentedDemo(predictor: Predictor, { trace }: Rollout): readonly Demo[] {
  const demos = spansOf(trace, predictor.id).flatMap((span): readonly Demo[] =>
    span.outputs ? [{ augmented: true, ...span.inputs, ...span.outputs }] : [],
  )
  const last = demos.at(-1)
  if (demos.length < 2 || last === undefined) return demos
  const rng = coin(demos)
  return [rng.random() < 0.5 ? rng.choice(demos.slice(0, -1)) : last]
}

function coin(demos: readonly Demo[]): Rng {
  return pythonRandom(sha256Hex(canonicalJson(demos)))
}
