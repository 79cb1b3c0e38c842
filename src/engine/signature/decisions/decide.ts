import type { Json } from '@/lib/json'
import { EngineError } from '../../base/errors'
import { optionLabel } from '../types/decision-kinds'
import type { TypeOf } from '../types/field-type'
import type { Decision, Evidence } from './decision'
import { thresholdsOf, type Thresholds } from './settings'

/**
 * The value of a decision, by its settings: the answer with its probabilities, or the answer alone where the type has it so. Nothing is
 * asked. Throws `adapter-parse` where no answer follows: probabilities that add up to nothing, or weights that leave nothing.
 * Source: dspy-spec-3.4 §B.4. Differs: sums are not compensated, which Python 3.12 does; the last digit may be another.
 */
export function decide(decision: Decision, evidence: Evidence): Json {
  const { type, settings, isPlain } = decision
  const set = thresholdsOf(type, settings)
  if (type.kind === 'noul' && set.kind === 'noul') {
    const { threshold } = set
    const probability = evidence.noul ?? 0
    const value = probability >= threshold
    return isPlain ? value : { confidence: Math.abs(probability - threshold) / Math.max(threshold, 1 - threshold), value, probability }
  }
  const { probabilities = {}, confidence = 0 } = evidence
  if (type.kind === 'score' && set.kind === 'score') {
    const value = meanOf(probabilities)
    if (value === undefined) throw undecided(decision, evidence, nothingLikely)
    return { confidence, value, probabilities, level: levelAt(value, set) }
  }
  if (type.kind !== 'choice' || set.kind !== 'choice') throw new Error('the settings of a decision are of its kind')
  const chosen = chosenOption(type, probabilities, set)
  if (typeof chosen === 'string') throw undecided(decision, evidence, chosen)
  return isPlain ? chosen.value : { confidence, value: chosen.value, probabilities }
}

/** The mean level, each as often as it is likely; undefined where none is. */
export function meanOf(probabilities: Readonly<Record<string, number>>): number | undefined {
  let [sum, total] = [0, 0]
  for (const [level, share] of Object.entries(probabilities)) {
    sum += Number(level) * share
    total += share
  }
  return total > 0 ? sum / total : undefined
}

/** How many cuts lie at the value or below. */
export function levelAt(value: number, { cuts }: Extract<Thresholds, { kind: 'score' }>): number {
  return cuts.filter(cut => value >= cut).length
}

/** The option with the greatest weighted probability; of equal ones the likeliest, then the first. A text says why there is none. */
function chosenOption(
  { options }: TypeOf<'choice'>,
  probabilities: Readonly<Record<string, number>>,
  { weights }: Extract<Thresholds, { kind: 'choice' }>,
): TypeOf<'choice'>['options'][number] | string {
  const rated = options.map(option => {
    const share = probabilities[optionLabel(option)] ?? 0
    return { option, share, rating: share * (weights[optionLabel(option)] ?? 1) }
  })
  if (rated.every(({ share }) => share <= 0)) return nothingLikely
  const likeliest = Math.max(...rated.map(({ share }) => share))
  const isLikeliest = rated.find(({ share }) => share === likeliest)
  let best = rated[0]
  for (const one of rated)
    if (best === undefined || one.rating > best.rating || (one.rating === best.rating && one === isLikeliest)) best = one
  return best !== undefined && best.rating > 0 ? best.option : 'the weights leave no option that is likely at all. Raise one of them.'
}

const nothingLikely = 'no option got any probability. Say more about the options, or try another model.'

function undecided({ field }: Decision, evidence: Evidence, reason: string): EngineError {
  return new EngineError('adapter-parse', `\`${field.name}\` could not be decided: ${reason}`, {
    text: JSON.stringify(evidence),
    parsed: {},
    missing: [],
    unreadable: [field.name],
  })
}
