import type { JsonObject } from '@/lib/json'
import { rows as rowWords } from '../run/story/sentences'
import type { SituationFacts } from './situation'

/** An optimizer's place on the ladder from few rows to many. */
export interface Rung {
  readonly id: string
  /** How well it fits, 0–100; undefined where it cannot help at all. */
  fit(facts: SituationFacts): number | undefined
  /** Settings from the most wanted to the cheapest; keys that the optimizer lacks are left out. */
  presets(facts: SituationFacts): readonly JsonObject[]
  /** One sentence: why here. */
  why(facts: SituationFacts): string
}

/** By the number of rows: below 10, 10 to 49, 50 to 199, 200 and more. */
function byRows({ rows }: SituationFacts, fits: readonly [number, number, number, number]): number {
  const [few, some, good, many] = fits
  return rows < 10 ? few : rows < 50 ? some : rows < 200 ? good : many
}

/** Demos of a teacher whose answers no label confirms are worth less. */
function withDemos(facts: SituationFacts, fits: readonly [number, number, number, number]): number {
  return byRows(facts, fits) - (facts.isLabelled ? 0 : 35)
}

const effort = ({ rows }: SituationFacts): readonly JsonObject[] =>
  rows >= 500
    ? [{ auto: 'heavy' }, { auto: 'medium' }, { auto: 'light' }]
    : rows >= 200
      ? [{ auto: 'medium' }, { auto: 'light' }]
      : [{ auto: 'light' }]

const zeroShot: JsonObject = { max_bootstrapped_demos: 0, max_labeled_demos: 0 }
const candidates = (...counts: readonly number[]): readonly JsonObject[] =>
  counts.map(num_candidate_programs => ({ num_candidate_programs }))
const defaults = (): readonly JsonObject[] => [{}]
const orSmaller = (smaller: JsonObject): readonly JsonObject[] => [{}, smaller]

/**
 * Which optimizer for how much data. The borders are those that DSPy's documentation and users settled on: about 10 rows for
 * bootstrapping, 50 for a search over demos, 200 for a search over instructions and demos.
 */
export const ladder: readonly Rung[] = [
  {
    id: 'labeled-few-shot',
    fit: facts => (facts.canChooseDemos && facts.isLabelled ? byRows(facts, [90, 55, 30, 20]) : undefined),
    presets: ({ train }) => [{ k: Math.max(1, Math.min(16, train)) }],
    why: ({ rows }) =>
      rows < 10
        ? `With ${rowWords(rows)} there is little to search: showing them as demos costs no calls of its own.`
        : 'Shows labelled rows as they are, without a call of its own: a first mark to beat.',
  },
  {
    id: 'bootstrap-few-shot',
    fit: facts => (facts.canChooseDemos ? withDemos(facts, [60, 90, 65, 50]) : undefined),
    presets: ({ train }) => [{ max_bootstrapped_demos: 4, max_labeled_demos: Math.min(16, train) }],
    why: ({ train, predictors }) =>
      `${rowWords(train)} in train give a teacher enough to make demos from${predictors > 1 ? `, with the steps in between that your ${predictors} steps have no labels for` : ''}, at few calls.`,
  },
  {
    id: 'bootstrap-few-shot-random-search',
    fit: facts => (facts.canChooseDemos ? withDemos(facts, [25, 65, 90, 80]) : undefined),
    presets: ({ rows }) => (rows < 50 ? candidates(6, 3) : candidates(16, 10, 6, 3)),
    why: ({ val }) => `${rowWords(val)} in val can tell sets of demos apart, so it pays to try many and keep the best.`,
  },
  {
    id: 'bootstrap-few-shot-tpe',
    fit: facts => (facts.canChooseDemos ? withDemos(facts, [20, 50, 75, 74]) : undefined),
    presets: ({ rows }) => (rows < 50 ? candidates(6, 3) : candidates(16, 10, 6, 3)),
    why: ({ predictors }) =>
      predictors > 1
        ? `Looks for one demo for each of the ${predictors} steps that go best together, so prompts stay short.`
        : 'Looks for the single demo that helps most, so the prompt stays short.',
  },
  {
    id: 'mipro-v2',
    fit(facts) {
      if (!facts.canWriteInstructions) return facts.canChooseDemos ? byRows(facts, [10, 30, 50, 55]) : undefined
      const steps = facts.predictors > 1 ? 2 : 0
      const fit = facts.isLabelled ? byRows(facts, [35, 60, 85, 95]) : byRows(facts, [70, 75, 80, 85])
      return facts.canChooseDemos ? fit + steps : Math.max(fit, 80)
    },
    presets: facts =>
      facts.canChooseDemos && facts.isLabelled ? effort(facts) : effort(facts).map(preset => ({ ...preset, ...zeroShot })),
    why: ({ rows, isLabelled, canChooseDemos, predictors }) =>
      !canChooseDemos
        ? 'Demos are locked, so it searches instructions alone.'
        : !isLabelled
          ? 'Without labels there is nothing to show as a demo: it searches instructions alone, zero-shot.'
          : `Searches instructions and demos together${predictors > 1 ? ` over ${predictors === 2 ? 'both' : `all ${predictors}`} steps` : ''}; ${rowWords(rows)} ${rows >= 200 ? 'are enough to tell close candidates apart' : 'are enough for a light search'}.`,
  },
  {
    id: 'gepa',
    fit(facts) {
      if (!facts.canWriteInstructions) return undefined
      const fit = byRows(facts, [30, 58, 78, 84])
      return facts.givesFeedback ? Math.max(fit + 14, facts.rows < 10 ? 70 : 94) : fit
    },
    presets: effort,
    why: ({ givesFeedback }) =>
      givesFeedback
        ? 'Your metric says in words what is wrong: it reads that and rewrites the instructions accordingly.'
        : 'Rewrites instructions by reading failures; a metric that returns feedback would help it more.',
  },
  {
    id: 'simba',
    fit: facts => (facts.canWriteInstructions || facts.canChooseDemos ? byRows(facts, [5, 25, 60, 76]) : undefined),
    presets: () => orSmaller({ max_steps: 4 }),
    why: () => 'Looks at rows where answers vary and adds rules or demos for exactly those; at its best with many hard rows.',
  },
  {
    id: 'copro',
    fit: facts =>
      facts.canWriteInstructions ? (facts.isLabelled ? byRows(facts, [30, 45, 50, 45]) : byRows(facts, [65, 65, 60, 55])) : undefined,
    presets: () => orSmaller({ breadth: 5, depth: 2 }),
    why: ({ isLabelled }) =>
      isLabelled
        ? 'Rewrites instructions round by round, without demos: the prompt stays short.'
        : 'Needs no demos: it rewrites instructions round by round.',
  },
  {
    id: 'infer-rules',
    fit: facts => (facts.canWriteInstructions && facts.isLabelled ? byRows(facts, [20, 42, 46, 44]) : undefined),
    presets: () => orSmaller({ num_candidates: 4 }),
    why: () => 'Reads labelled rows and adds the rules behind them to the instructions: good where labels follow a written guideline.',
  },
  {
    id: 'knn-few-shot',
    fit: facts => (facts.canChooseDemos && facts.isLabelled ? byRows(facts, [5, 20, 44, 58]) : undefined),
    presets: defaults,
    why: ({ train }) => `Picks for each question the nearest of ${rowWords(train)}: good where questions differ a lot.`,
  },
]
