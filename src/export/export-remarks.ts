import { defaultAdapterId } from '@/engine/program/adapter-id'
import type { Adapter } from '@/engine/adapters/adapter'
import { adapterFor } from '@/engine/adapters/registry'
import { isExtracting, predictorsOf } from '@/engine/graph/predictors'
import { jsonFallbackOf } from '@/engine/program/json-fallback'
import type { ModelId, Program, ProgramGraph } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import type { MetricSpec } from '@/engine/metrics/metric'
import { asksJudge } from '@/engine/metrics/registry'
import { nativeTools } from '@/engine/modules/native-tools'
import { stepOf, type Step } from '@/engine/modules/registry'
import type { StepRemarks } from '@/engine/modules/step'
import { decisionsOf } from '@/engine/signature/decisions/decision'
import type { FieldType } from '@/engine/signature/types/field-type'
import { typeKind } from '@/engine/signature/types/registry'
import type { Json } from '@/lib/json'
import { dspyLmRemarks } from './dspy-lm'
import { hidesPredict, isBarePredict } from './dspy-names'

/**
 * What of a program and the models of its steps DSPy's state file cannot say, and what stands in the file instead; and what of its metric,
 * where one is given. Empty where the file says it all.
 */
export function dspyRemarks(
  { graph, state }: Program,
  models: Readonly<Record<ModelId, ModelSpec>> = {},
  metric?: MetricSpec,
): readonly string[] {
  const picking = predictorsOf(graph).flatMap(({ id, stepName }) => {
    const { nearest, demos = [] } = state[id] ?? {}
    if (nearest === undefined || demos.length === 0) return []
    return demos.length <= nearest.k
      ? [`"${stepName}" shows the demos most like its inputs first. DSPy shows the same ${demos.length} in the same order in every prompt.`]
      : [
          `"${stepName}" picks ${nearest.k} of ${demos.length} demos for each call, those most like its inputs. DSPy shows every demo of its file in every prompt, so the file gets ${nearest.k} that stand for all ${demos.length}. Its score there may be lower.`,
        ]
  })
  return [
    ...stepRemarks(graph, 'dspy'),
    ...picking,
    ...modelRemarks({ graph, state }, models),
    ...decisionRemarks({ graph, state }),
    ...bareRemarks(graph),
    ...numberRemarks({ graph, state }),
    ...adapterRemarks(graph),
    ...(asksJudge(metric) ? [dspyJudge] : []),
  ]
}

/** Files of a version that lacks the types of decisions would load, and decide nothing. */
function decisionRemarks({ graph, state }: Program): readonly string[] {
  const deciding = predictorsOf(graph).filter(({ id, signature }) => decisionsOf(signature(state), state[id]?.fields).length > 0)
  return deciding.map(
    ({ stepName }) => `"${stepName}" decides by probabilities, which DSPy does from version 3.4 on. Older ones drop its settings.`,
  )
}

function modelRemarks({ graph, state }: Program, models: Readonly<Record<ModelId, ModelSpec>>): readonly string[] {
  const steps = new Map<ModelId, Set<string>>()
  for (const { id, stepName } of predictorsOf(graph)) {
    const lm = state[id]?.lm
    if (lm !== undefined) steps.set(lm, (steps.get(lm) ?? new Set()).add(`"${stepName}"`))
  }
  return [...steps].flatMap(([id, names]) => {
    const model = models[id]
    return model ? dspyLmRemarks(model, [...names].join(', ')) : []
  })
}

/** A bare Predict takes whatever its file holds for an attribute, also one that it has already. */
function bareRemarks(graph: ProgramGraph): readonly string[] {
  return predictorsOf(graph).flatMap(predictor =>
    isBarePredict(predictor) && hidesPredict(predictor.dspyName)
      ? [
          `The file loads into a module that has the step as self.${predictor.dspyName}, but not into a bare dspy.Predict, which has a "${predictor.dspyName}" of its own. Rename the step to have both.`,
        ]
      : [],
  )
}

/** JSON has one kind of number, Python two; the type of a field tells them apart where it says so. */
function numberRemarks({ graph, state }: Program): readonly string[] {
  return predictorsOf(graph).flatMap(predictor => {
    const open = predictor
      .signature(state)
      .fields.filter(({ name, type }) => isOpen(type) && (state[predictor.id]?.demos ?? []).some(demo => holdsWhole(demo[name])))
    if (open.length === 0) return []
    const names = open.map(({ name }) => `"${name}"`).join(', ')
    return [`Whole numbers in ${names} of "${predictor.stepName}" are written as ints, since the type of the field does not say float.`]
  })
}

function isOpen(type: FieldType): boolean {
  return type.kind === 'any' || typeKind(type).parts(type).some(isOpen)
}

function holdsWhole(value: Json | undefined): boolean {
  if (typeof value === 'number') return Number.isInteger(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsWhole)
}

/** What each step of the program and of the bodies in it has to say; once for all that have to say the same, as copies in a vote. */
function stepRemarks(graph: ProgramGraph, target: keyof StepRemarks): readonly string[] {
  const groups = new Map<string, { readonly step: Step; readonly names: string[] }>()
  for (const { step, name } of stepsWithin(graph)) {
    const told = JSON.stringify([step.id, ...step.remarks('')[target]])
    const group = groups.get(told)
    if (group) group.names.push(`"${name}"`)
    else groups.set(told, { step, names: [`"${name}"`] })
  }
  const [only, ...others] = stepsOf(graph)
  return [...groups.values()].flatMap(({ step, names }) => {
    // DSPy's program is then the ensemble itself, and not a module that holds one.
    const isWhole = target === 'dspy' && step.node === only?.node && others.length === 0 && step.bodies().length > 0
    return step.remarks(isWhole ? 'The program of this file' : subjectOf(names))[target]
  })
}

function subjectOf(names: readonly string[]): string {
  const [first = '', ...others] = names
  if (others.length === 0) return `The step ${first}`
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  return `Each of ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

function stepsOf(graph: ProgramGraph): readonly Step[] {
  return graph.nodes.flatMap(node => stepOf(node) ?? [])
}

/** The steps of the program and of all bodies in it, each with what it is within: `vote › Program 1 › classify`. */
function stepsWithin(graph: ProgramGraph, start = ''): readonly { readonly step: Step; readonly name: string }[] {
  return stepsOf(graph).flatMap(step => {
    const name = start + step.node.name
    return [{ step, name }, ...step.bodies().flatMap(({ body }) => stepsWithin(body.graph, `${name} › ${body.name} › `))]
  })
}

const dspyJudge =
  'The judge that scores this program here is not part of DSPy’s file, nor is any other metric. To score or compile it there, write a metric that asks an LM by the same criteria.'
const typeScriptReading =
  'A step that answers in plain words takes two requests: one to answer, and one that reads the fields out of the answer.'
const typeScriptJudge =
  'The judge that scores this program in the studio is not part of the folder: it runs the program alone, and sends no request to grade what came out.'

/** DSPy's file holds no adapter: whoever loads it configures the one the program was compiled with. */
function adapterRemarks(graph: ProgramGraph): readonly string[] {
  const common = adapterFor(graph)
  const never = jsonFallbackOf(graph) === 'never'
  const callsTools = predictorsOf(graph).some(({ signature }) => nativeTools(signature({})) !== undefined)
  const made = (adapter: Adapter): string => {
    const { id, dspyName, fallback } = adapter
    const options = [
      ...(id === 'two-step' ? ['extraction_model=lm'] : []),
      ...(never && fallback ? ['use_json_adapter_fallback=False'] : []),
      ...(callsTools ? nativeOption(adapter, graph) : []),
    ]
    return `dspy.${id === 'baml' ? 'adapters.baml_adapter.' : ''}${dspyName}(${options.join(', ')})`
  }
  const whole = `The adapter is not part of DSPy’s file. Before the program runs, call dspy.configure(adapter=${made(common)}).`
  const own = predictorsOf(graph).flatMap(({ graph: around, node, stepName }) => {
    const adapter = adapterFor(around, node)
    return adapter.id === common.id
      ? []
      : [`"${stepName}" has an adapter of its own: run that step inside dspy.context(adapter=${made(adapter)}).`]
  })
  const reader = isExtracting(graph)
    ? ['Where a step answers in two steps, DSPy asks an LM of its own to read the fields out of the answer: give the adapter that LM.']
    : []
  const isDefault = made(common) === `dspy.${adapterFor({ adapter: defaultAdapterId }).dspyName}()`
  return [...(isDefault ? [] : [whole]), ...new Set(own), ...reader]
}

/** DSPy's adapters of JSON offer tools unless they are told not to, and the others only when they are told to. */
function nativeOption({ id }: Adapter, graph: ProgramGraph): readonly string[] {
  const isOn = graph.nativeTools === true && id !== 'two-step'
  if (isOn === (id === 'json' || id === 'baml')) return []
  return [`use_native_function_calling=${isOn ? 'True' : 'False'}`]
}

/** What the exported TypeScript does beyond sending one prompt a step. */
export function typeScriptRemarks(
  { graph, state }: Program,
  models: Readonly<Record<ModelId, ModelSpec>> = {},
  metric?: MetricSpec,
): readonly string[] {
  const picking = predictorsOf(graph).flatMap(({ id, stepName }) => {
    const { nearest, demos = [] } = state[id] ?? {}
    if (nearest === undefined || demos.length === 0) return []
    const shows = `"${stepName}" shows the ${Math.min(nearest.k, demos.length)} of ${demos.length} demos most like its inputs, found for each call`
    if (nearest.embedder === undefined) return [`${shows} by the words they share.`]
    const name = models[nearest.embedder]?.model ?? nearest.embedder
    return [`${shows} by embeddings of "${name}": one request more a call, and a few for the pool on the first one.`]
  })
  const reading = isExtracting(graph) ? [typeScriptReading] : []
  return [...stepRemarks(graph, 'typeScript'), ...picking, ...reading, ...(asksJudge(metric) ? [typeScriptJudge] : [])]
}
