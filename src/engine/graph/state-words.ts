import { canonicalJson } from '@/lib/canonical-json'
import { ensembleOf } from './ensemble'
import type { PredictorState, ProgramState, ReduceId } from '../program/program'

export const reduceNames: Readonly<Record<ReduceId, string>> = {
  majority: 'majority of answers',
  mean: 'mean of answers',
  median: 'median of answers',
}

/** `3 nearest of 40 demos`, `4 demos`, `1 demo`; empty without demos. */
export function demoWords({ demos, nearest }: Pick<PredictorState, 'demos' | 'nearest'>): string {
  if (demos.length === 0) return ''
  const all = demos.length === 1 ? '1 demo' : `${demos.length} demos`
  return nearest && nearest.k < demos.length ? `${nearest.k} nearest of ${all}` : all
}

/** `5 members, majority of answers`; undefined for a state that is one program. */
export function ensembleWords(state: ProgramState): string | undefined {
  const ensemble = ensembleOf(state)
  return ensemble && `${ensemble.members.length} members, ${reduceNames[ensemble.reduce]}`
}

/** Which member of an ensemble stands for it where only one can; undefined where none does. */
export function bestMember(state: ProgramState): number | undefined {
  const members = ensembleOf(state)?.members ?? []
  const own = canonicalJson(Object.fromEntries(Object.entries(state).map(([id, { ensemble: _ensemble, ...alone }]) => [id, alone])))
  const found = members.findIndex(member => canonicalJson(member) === own)
  return found === -1 ? undefined : found
}
