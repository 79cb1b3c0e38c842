import type { Json } from '@/lib/json'
import { pythonStr } from '@/lib/python-text'
import { isEngineError } from '../base/errors'
import type { Example, ExampleId } from '../base/example'
import type { PredictorId } from '../program/program'
import { decide, meanOf } from '../signature/decisions/decide'
import { labelsOf, type Decision, type Evidence } from '../signature/decisions/decision'
import { thresholdsOf } from '../signature/decisions/settings'
import { plainAnswer } from '../signature/types/decision-kinds'
import { spansOf, type Trace } from '../trace/span'

/** What a model said of one decision in a row that was run. */
export interface DecidedRow {
  readonly exampleId: ExampleId
  readonly evidence: Evidence
  /** What the row says is right, where it says so of an output of this name. */
  readonly label?: Json
}

/** The rows of some rollouts in which a predictor decided an output, as often as it did. */
export function decidedRows(
  rollouts: readonly { readonly exampleId: ExampleId; readonly trace: Trace }[],
  { predictor, output }: { readonly predictor: PredictorId; readonly output: string },
  examples: ReadonlyMap<ExampleId, Example>,
): readonly DecidedRow[] {
  return rollouts.flatMap(({ exampleId, trace }) => {
    const label = examples.get(exampleId)?.labels[output]
    return spansOf(trace, predictor).flatMap(({ calls }): readonly DecidedRow[] => {
      const evidence = calls.findLast(call => call.evidence?.[output] !== undefined)?.evidence?.[output]
      return evidence === undefined ? [] : [{ exampleId, evidence, ...(label !== undefined && { label }) }]
    })
  })
}

/** A row that other settings decide otherwise. */
export interface Flip {
  readonly row: DecidedRow
  /** As text; undefined where nothing could be decided. */
  readonly before?: string
  readonly now?: string
  /** Which of the two the row says is right; absent where it says neither. */
  readonly verdict?: 'fixed' | 'broken'
}

/** The rows on which two ways of deciding differ. No model is asked: what it said decides. */
export function flips(rows: readonly DecidedRow[], before: Decision, now: Decision): readonly Flip[] {
  return rows.flatMap((row): readonly Flip[] => {
    const [old, next] = [answerOf(before, row.evidence), answerOf(now, row.evidence)]
    if (old === next) return []
    const right = row.label === undefined ? undefined : pythonStr(plainAnswer(row.label))
    const verdict = right === next ? 'fixed' : right === old ? 'broken' : undefined
    return [
      {
        row,
        ...(old !== undefined && { before: old }),
        ...(next !== undefined && { now: next }),
        ...(right !== undefined && verdict && { verdict }),
      },
    ]
  })
}

/** The answer as text, of a score its level; undefined where none follows. */
export function answerOf(decision: Decision, evidence: Evidence): string | undefined {
  try {
    const value = decide(decision, evidence)
    const level = typeof value === 'object' && value !== null && 'level' in value ? value['level'] : undefined
    return pythonStr(level ?? plainAnswer(value))
  } catch (error) {
    if (isEngineError(error, 'adapter-parse')) return undefined
    throw error
  }
}

/**
 * Where a row stands on the scale that its decision is taken on: the probability of yes, or the mean level; of one option the weight from
 * which on it is chosen. Undefined where it stands nowhere.
 */
export function positionOf({ type, settings }: Decision, { noul, probabilities = {} }: Evidence, option = ''): number | undefined {
  if (type.kind === 'noul') return noul
  if (type.kind === 'score') return meanOf(probabilities)
  const set = thresholdsOf(type, settings)
  const weights = set.kind === 'choice' ? set.weights : {}
  const others = labelsOf(type).filter(label => label !== option)
  const best = Math.max(0, ...others.map(label => (probabilities[label] ?? 0) * (weights[label] ?? 1)))
  const own = probabilities[option] ?? 0
  return own > 0 && best > 0 ? best / own : undefined
}
