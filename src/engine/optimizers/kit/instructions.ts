import { isEngineError, isFatalError, isInfrastructureError } from '../../base/errors'
import { openPredictors } from '../../graph/locks'
import type { Predictor } from '../../graph/predictors'
import type { PredictorState, Program, ProgramState } from '../../program/program'

/** The instructions of a predictor now, without what its step adds when it asks. */
export function instructionsOf(predictor: Predictor, state: ProgramState): string {
  return predictor.instructions(state)
}

/** The state with other instructions for single predictors. Locked ones, and those without a text, keep theirs. */
export function withInstructions(
  { graph, state }: Program,
  textOf: (predictor: Predictor, index: number) => string | undefined,
): ProgramState {
  const changed = openPredictors(graph, 'instructions').flatMap((predictor, index): readonly [string, PredictorState][] => {
    const instructions = textOf(predictor, index)
    if (instructions === undefined) return []
    return [[predictor.id, { ...(state[predictor.id] ?? { demos: [] }), instructions }]]
  })
  return { ...state, ...Object.fromEntries(changed) }
}

/** The text without a leading label such as `**Proposed instruction:**` (at most five words) and without quotes around it. */
export function cleanProposal(text: string): string {
  const unlabelled = text.trim().replace(/^\**\s*(?:[\p{L}\p{N}_'’-]+\s+){0,4}[\p{L}\p{N}_'’-]+\s*:\**\s*(?=\S)/u, '')
  return unlabelled.replace(/^\**\s*"([\s\S]*)"\**$/, '$1').trim()
}

/** Undefined where the model's answer could not be read or the provider refused this one request; anything else is thrown. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    const isOwn = isEngineError(error) && (error.code === 'adapter-parse' || error.code.startsWith('lm-'))
    if (isOwn && !isInfrastructureError(error.code) && !isFatalError(error.code)) return undefined
    throw error
  }
}
