import { inputNames } from '@/engine/modules/nearest-demos'
import { textsPerRequest } from '@/engine/modules/embedded-demos'
import { asksJudge } from '@/engine/metrics/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import { nativeOutputs } from '@/engine/modules/native-outputs'
import { typesWithin } from '@/engine/signature/types/registry'
import { hintField } from '@/engine/modules/refine'
import { adviceSignature } from '@/engine/modules/refine-run'
import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import { adapterIdOf } from '@/engine/program/adapter-id'
import { programOutputs } from '@/engine/program/ends'
import { jsonFallbackOf } from '@/engine/program/json-fallback'
import type { Program } from '@/engine/program/program'
import type { RunModels } from '@/engine/record/spec'
import { decisionsOf } from '@/engine/signature/decisions/decision'
import type { Field, Signature } from '@/engine/signature/signature'
import type { Json } from '@/lib/json'
import { dspyLm } from '../dspy-lm'
import { instructionsMark, plansFor, type Plan } from './frames'

/** Whose words a prompt is written in: those of the studio, or those of DSPy's own adapters. */
export type Wording = 'studio' | 'dspy'

export interface MessagesSource {
  readonly program: Program
  readonly models: Pick<RunModels, 'task' | 'overrides' | 'extraction'>
  readonly metric?: MetricSpec
  readonly wording: Wording
}

/** The name of a predictor in the package, where each step is an attribute of the module around it. */
export function packageName({ dspyNames }: Predictor): string {
  return dspyNames.reduce((longest, name) => (name.length > longest.length ? name : longest), '')
}

/** The plans of one predictor, and those under advice where its step gives any. */
export interface PredictorPlans {
  readonly plans: readonly Plan[]
  readonly hinted?: readonly Plan[]
}

export function predictorPlans(
  predictor: Predictor,
  { program: { state }, models }: Pick<MessagesSource, 'program' | 'models'>,
): PredictorPlans {
  const { graph, node } = predictor
  const signature = predictor.signature(state)
  if (ownWordsOf(predictor, { program: { graph, state }, models }) !== undefined) return { plans: [] }
  const isAdvised = node.kind === 'signature' && (node.module === 'refine' || node.module === 'react-v2')
  return { plans: plansFor(graph, node, signature), ...(isAdvised && { hinted: plansFor(graph, node, withHint(signature)) }) }
}

/** Why a predictor is asked in DSPy's own words, whatever wording is chosen: what it shows or gets beside words goes another way there. */
export function ownWordsOf(
  predictor: Predictor,
  { program: { state }, models: { task, overrides } }: Pick<MessagesSource, 'program' | 'models'>,
): 'documents' | 'decisions' | 'native tools' | 'native outputs' | undefined {
  const signature = predictor.signature(state)
  if (predictor.graph.nativeTools && signature.fields.some(({ type }) => typesWithin(type).some(({ kind }) => kind === 'tool-calls')))
    return 'native tools'
  if (signature.fields.some(({ type }) => typesWithin(type).some(({ kind }) => kind === 'document'))) return 'documents'
  if (decisionsOf(signature, state[predictor.id]?.fields).length > 0) return 'decisions'
  const own = state[predictor.id]?.lm
  const { model, settings } = (own === undefined ? undefined : overrides[own]) ?? task
  return nativeOutputs(signature, { model, settings }) ? 'native outputs' : undefined
}

export function withHint({ instructions, fields }: Signature): Signature {
  const side = (role: Field['role']): readonly Field[] => fields.filter(field => field.role === role)
  return { instructions, fields: [...side('input'), hintField, ...side('output')] }
}

/** messages.json: what adapter.py and program.py read. */
export function messagesJson({ program: { graph, state }, models, metric, wording }: MessagesSource): Json {
  const predictors = predictorsOf(graph)
  const adapters = [...new Set([adapterIdOf(graph), ...predictors.map(({ graph: around, node }) => adapterIdOf(around, node))])]
  const advised = predictors.filter(({ node }) => node.kind === 'signature' && node.module === 'refine')
  const content = {
    wording,
    mark: instructionsMark,
    adapters,
    fallback: jsonFallbackOf(graph) !== 'never',
    address: models.task.baseUrl ?? null,
    hint: hintField.desc,
    metric: metric === undefined || asksJudge(metric) ? null : metric,
    outputs: Object.fromEntries(programOutputs(graph).map(({ name, type }) => [name, type])),
    predictors: Object.fromEntries(
      predictors.map(predictor => [
        packageName(predictor),
        {
          adapter: adapterIdOf(predictor.graph, predictor.node),
          ...predictorPlans(predictor, { program: { graph, state }, models }),
          ...nearestOf(predictor, state, models),
        },
      ]),
    ),
    advice: Object.fromEntries(
      advised.map(({ graph: around, node }) => [adapterIdOf(around, node), plansFor(around, node, adviceSignature)]),
    ),
  }
  // Types and plans are plain data.
  return content as unknown as Json
}

function nearestOf(predictor: Predictor, state: Program['state'], { overrides }: MessagesSource['models']) {
  const nearest = state[predictor.id]?.nearest
  if (nearest === undefined) return {}
  const embedder = nearest.embedder === undefined ? undefined : overrides[nearest.embedder]
  const lm = embedder && dspyLm(embedder)
  const asked = lm && {
    embedder: {
      model: lm['model'] ?? null,
      batch_size: textsPerRequest,
      ...(lm['api_base'] !== undefined && { api_base: lm['api_base'] }),
    },
  }
  return { nearest: { k: nearest.k, names: inputNames(predictor.signature(state)), ...asked } }
}
