import type { ProgramGraph } from '../program/program'
import { predictorsOf } from './predictors'

/** The outputs of all predictors, each name once, in the order the program asks for them. */
export function outputNames(graph: ProgramGraph): readonly string[] {
  const fields = predictorsOf(graph).flatMap(predictor => predictor.signature({}).fields)
  return [...new Set(fields.flatMap(({ name, role }) => (role === 'output' ? [name] : [])))]
}
