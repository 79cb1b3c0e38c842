import type { GepaParams } from './params'

/**
 * Says why the search should end before its budget, asked once an iteration with the best mean so far. Time is no stopper of its own:
 * the caps of a run look after that.
 */
export function gepaStopper(params: GepaParams): (iteration: number, best: number) => string | undefined {
  const { perfect_score: perfect, score_threshold: threshold, max_iterations_without_improvement: patience } = params
  let last = { iteration: 0, best: -Infinity }
  return (iteration, best) => {
    if (best > last.best) last = { iteration, best }
    if (best >= perfect) return 'Ended early: a candidate has a perfect mean on the val split, so none can be better.'
    if (threshold !== undefined && best >= threshold) return `Ended early: a candidate reached the score to stop at, ${threshold}.`
    if (patience !== undefined && iteration - last.iteration >= patience) {
      return `Ended early: ${patience === 1 ? 'an iteration' : `${patience} iterations in a row`} brought no better candidate.`
    }
    return undefined
  }
}
