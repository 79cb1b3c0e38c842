import { predictorsOf } from '@/engine/graph/predictors'
import type { ProgramGraph } from '@/engine/program/program'
import { mean } from '@/lib/stats'
import type { CandidateRow } from '../../kit/candidate-rows'
import { predictorName } from '../../kit/state-changes'

export interface ChoiceOption {
  readonly option: number
  /** Candidates that were tried with it, best first. */
  readonly candidates: readonly CandidateRow[]
  /** Mean of their scores; undefined while none has one. */
  readonly mean?: number
  /** What it is: the instruction's text, or how many demos. */
  readonly words: string
  readonly isInBest: boolean
}

export interface ChoiceEffect {
  readonly name: string
  readonly title: string
  /** Between the best and the worst option that were tried twice or more; undefined where no two were. */
  readonly spread?: number
  readonly options: readonly ChoiceOption[]
}

/** Which part of a search space made a difference: the mean score by choice, the part with the widest spread first. */
export function choiceEffects(graph: ProgramGraph, rows: readonly CandidateRow[]): readonly ChoiceEffect[] {
  const chosen = rows.filter(row => row.candidate.choice !== undefined)
  const names = [...new Set(chosen.flatMap(row => Object.keys(row.candidate.choice ?? {})))]
  const effects = names.map((name): ChoiceEffect => {
    const { title, wordsOf } = partOf(graph, name)
    const numbers = [...new Set(chosen.flatMap(row => row.candidate.choice?.[name] ?? []))].sort((a, b) => a - b)
    const options = numbers.map((option): ChoiceOption => {
      const own = chosen.filter(row => row.candidate.choice?.[name] === option).toSorted((a, b) => (b.score ?? -1) - (a.score ?? -1))
      const scores = own.flatMap(row => row.score ?? [])
      return {
        option,
        candidates: own,
        words: own[0] === undefined ? '' : wordsOf(own[0]),
        isInBest: own.some(row => row.isBest),
        ...(scores.length > 0 && { mean: mean(scores) }),
      }
    })
    const means = options.flatMap(one => (one.mean !== undefined && one.candidates.length > 1 ? [one.mean] : []))
    return { name, title, options, ...(means.length > 1 && { spread: Math.max(...means) - Math.min(...means) }) }
  })
  return effects.toSorted((a, b) => (b.spread ?? -1) - (a.spread ?? -1))
}

/** `0_predictor_instruction`, `1_predictor_demos` and `demo_index_for_NAME`, as DSPy calls them. */
function partOf(graph: ProgramGraph, name: string): { readonly title: string; readonly wordsOf: (row: CandidateRow) => string } {
  const predictors = predictorsOf(graph)
  const [, index, part] = /^(\d+)_predictor_(instruction|demos)$/.exec(name) ?? []
  const predictor =
    index === undefined ? predictors.find(({ dspyName }) => name === `demo_index_for_${dspyName}`) : predictors[Number(index)]
  if (predictor === undefined) return { title: name, wordsOf: () => '' }
  const stateOf = (row: CandidateRow) => row.candidate.state[predictor.id]
  if (part === 'instruction')
    return { title: `${predictorName(predictor)}: instructions`, wordsOf: row => stateOf(row)?.instructions ?? '' }
  return {
    title: `${predictorName(predictor)}: demos`,
    wordsOf: row => {
      const demos = stateOf(row)?.demos ?? []
      const made = demos.filter(demo => demo['augmented'] === true).length
      if (demos.length === 0) return 'No demos'
      return `${demos.length === 1 ? '1 demo' : `${demos.length} demos`}${made > 0 ? `, ${made} bootstrapped` : ', labelled'}`
    },
  }
}
