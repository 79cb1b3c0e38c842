import { decisionRequest } from '../adapters/decisions'
import { adapterFor } from '../adapters/registry'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import type { ModelSpec } from '../lm/lm'
import type { Message } from '../lm/parts'
import { predictorsOf } from './predictors'
import type { PredictorId, Program } from '../program/program'
import { plannedRequests, type PlannedRequest } from '../modules/predict'
import { jsonFallbackOf } from '../program/json-fallback'
import { defaultsOf } from '../signature/defaults'
import { shownDemos } from '../modules/nearest-demos'

/**
 * What a predictor sends for these inputs (by field name), and behind it what it sends where an answer cannot be read; at a model that takes
 * every response format, and tools. `model` says which outputs it gives beside its words; without it all are asked for. Throws `not-found` for an unknown predictor.
 */
export function promptsFor(
  program: Program,
  predictorId: PredictorId,
  inputs: Values,
  model?: Pick<ModelSpec, 'model' | 'settings'>,
): readonly PlannedRequest[] {
  const { demos, inputs: known, ...question } = asked(program, predictorId, inputs)
  const lm = { capabilities: { responseFormats: ['json_schema', 'json_object'], tools: true } } as const
  return plannedRequests({ ...question, lm, ...(model && { model }) }, demos, known)
}

/** The exact messages a predictor sends first for these inputs (by field name). Throws `not-found` for an unknown predictor. */
export function promptFor(program: Program, predictorId: PredictorId, inputs: Values): readonly Message[] {
  const { signature, adapter, fields, demos, inputs: known } = asked(program, predictorId, inputs)
  const request = decisionRequest(signature, fields)
  return request ? adapter.format(request.signature(demos), [], known) : adapter.format(signature, demos, known)
}

function asked(program: Program, predictorId: PredictorId, inputs: Values) {
  const predictor = predictorsOf(program.graph).find(one => one.id === predictorId)
  if (predictor === undefined) throw new EngineError('not-found', `The program has no predictor "${predictorId}".`)
  const signature = predictor.signature(program.state)
  const { fields } = program.state[predictorId] ?? {}
  const demos = shownDemos(program.state[predictorId], signature, inputs)
  const { graph } = predictor
  const known = { ...defaultsOf(signature.fields.filter(({ role }) => role === 'input')), ...predictor.given, ...inputs }
  const how = { adapter: adapterFor(graph, predictor.node), jsonFallback: jsonFallbackOf(graph), nativeTools: graph.nativeTools === true }
  return { signature, ...how, ...(fields && { fields }), demos, inputs: known }
}
