import { fileWords, mapFiles } from '@/engine/blobs/blob-ref'
import type { JsonObject } from '@/lib/json'
import type { ModelId, Program } from '@/engine/program/program'
import { predictorsOf } from '@/engine/graph/predictors'
import { requireSound } from '@/engine/graph/require-sound'
import type { ModelSpec } from '@/engine/lm/lm'
import { inferPrefix } from '@/engine/signature/label'
import { plainState } from './plain-state'
import { fileKey, type DspyFiles } from './dspy-files'

/** Versions that DSPy compares on load; a key it does not know would make it refuse the file. */
const dependencyVersions = { python: '3.11', dspy: '3.3.1', cloudpickle: '3.1' }

/**
 * The learned state of a program in the shape of DSPy's `program.save("….json")`: one entry a predictor, under DSPy's own
 * parameter names, so that Python's `program.load` reads it. Our own facts go below `metadata.dspy_studio`, where DSPy
 * allows them. What it has no place for is replaced (see `plainState`); `files` are those that its demos show (see `dspyFilesOf`). Source: dspy-spec §7.
 */
export function dspyState(program: Program, models: Readonly<Record<ModelId, ModelSpec>> = {}, files: DspyFiles = new Map()): JsonObject {
  const plain = plainState(program)
  const state: Record<string, JsonObject> = {}
  for (const predictor of predictorsOf(program.graph)) {
    const learned = plain[predictor.id]
    const signature = predictor.signature(plain)
    const model = learned?.lm === undefined ? undefined : models[learned.lm]
    state[predictor.dspyName] = {
      traces: [],
      train: [],
      demos: mapFiles(learned?.demos ?? [], ref => files.get(fileKey(ref)) ?? `[${fileWords(ref)}]`),
      signature: {
        instructions: signature.instructions,
        fields: signature.fields.map(field => ({ prefix: `${inferPrefix(field.name)}:`, description: field.desc || `\${${field.name}}` })),
      },
      lm: model ? dspyLm(model) : null,
    }
  }
  state['metadata'] = { dependency_versions: dependencyVersions, dspy_studio: { format: 1 } }
  return state
}

/** Indented by 2 with a newline at the end, as DSPy writes it. Throws `graph-invalid` for a program that cannot run. */
export function dspyStateText(program: Program, models?: Readonly<Record<ModelId, ModelSpec>>, files?: DspyFiles): string {
  requireSound(program.graph)
  return `${JSON.stringify(dspyState(program, models, files), null, 2)}\n`
}

/** The fields DSPy rebuilds an LM from. The address stays out: DSPy drops it unless told otherwise, and keys are never here. */
function dspyLm(model: ModelSpec): JsonObject {
  return {
    _dspy_lm_class: 'dspy.clients.lm.LM',
    model: `openai/${model.model}`,
    model_type: 'chat',
    cache: true,
    num_retries: 3,
    temperature: model.settings.temperature ?? null,
    max_tokens: model.settings.maxTokens ?? null,
    finetuning_model: null,
    launch_kwargs: {},
    train_kwargs: {},
  }
}
