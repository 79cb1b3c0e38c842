import { formatJson } from '@/engine/adapters/format-value'
import { fileWords, mapFiles } from '@/engine/blobs/blob-ref'
import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import { requireSound } from '@/engine/graph/require-sound'
import type { ModelSpec } from '@/engine/lm/lm'
import type { ModelId, Program, ProgramState } from '@/engine/program/program'
import { fieldPrefix } from '@/engine/signature/label'
import type { Signature } from '@/engine/signature/signature'
import type { FieldType, TypeOf } from '@/engine/signature/types/field-type'
import type { JsonObject } from '@/lib/json'
import { dspyLm } from './dspy-lm'
import { decisionFieldsJson, decisionFieldsType } from './dspy-decisions'
import { fileKey, type DspyFiles } from './dspy-files'
import { hidesPredict, isBarePredict } from './dspy-names'
import { plainState } from './plain-state'

/** Versions that DSPy compares on load; a key it does not know would make it refuse the file. */
const dependencyVersions = { python: '3.11', dspy: '3.4.1', cloudpickle: '3.1' }

/** One state file, with the types of the values in it: JSON alone does not tell a float from an int. */
interface Written {
  readonly state: JsonObject
  readonly types: Readonly<Record<string, FieldType>>
}

/**
 * The learned state of a program in the shape of DSPy's `program.save("….json")`: one entry a predictor, under DSPy's own
 * parameter names, so that Python's `program.load` reads it. Where the program has one step that asks models, its entries stand there twice,
 * for a module that has the step as an attribute and for the bare module: `dspy.ChainOfThought(…).load`. Our own facts go below
 * `metadata.dspy_studio`, where DSPy allows them. What it has no place for is replaced (see `plainState`); `files` are those that its demos
 * show (see `dspyFilesOf`). Source: dspy-spec §7.
 */
export function dspyState(program: Program, models?: Readonly<Record<ModelId, ModelSpec>>, files?: DspyFiles): JsonObject {
  return written(program, models, files).state
}

/**
 * Indented by 2 with a newline at the end, as DSPy writes it, and floats as floats: 1 in a float field is `1.0`. Throws `graph-invalid` for
 * a program that cannot run.
 */
export function dspyStateText(program: Program, models?: Readonly<Record<ModelId, ModelSpec>>, files?: DspyFiles): string {
  requireSound(program.graph)
  const { state, types } = written(program, models, files)
  return `${formatJson({ kind: 'object', fields: types }, state, '')}\n`
}

/**
 * The same for a module that has every step as an attribute and runs JavaScript as the studio does, each entry under the name that `nameOf`
 * gives it: what the exported Python package loads.
 */
export function packageStateText(
  program: Program,
  nameOf: (predictor: Predictor) => string,
  { models = {}, files = new Map() }: PackageState,
): string {
  const named = predictorsOf(program.graph).map(predictor => {
    const model = program.state[predictor.id]?.lm
    const signature = predictor.signature(program.state)
    const entry = entryOf(predictor, program.state, { model: model === undefined ? undefined : models[model], files, signature })
    return { name: nameOf(predictor), entry, type: entryType(predictor, program.state) }
  })
  const state = Object.fromEntries(named.map(({ name, entry }) => [name, entry]))
  const fields = Object.fromEntries(named.map(({ name, type }): [string, FieldType] => [name, type]))
  return `${formatJson({ kind: 'object', fields }, { ...state, metadata: { dependency_versions: dependencyVersions } }, '')}\n`
}

export interface PackageState {
  readonly models?: Readonly<Record<ModelId, ModelSpec>>
  readonly files?: DspyFiles
}

function written(program: Program, models: Readonly<Record<ModelId, ModelSpec>> = {}, files: DspyFiles = new Map()): Written {
  const plain = plainState(program)
  const named = predictorsOf(program.graph).map(predictor => {
    const model = plain[predictor.id]?.lm
    const signature = predictor.dspySignature(plain)
    const entry = entryOf(predictor, plain, { model: model === undefined ? undefined : models[model], files, signature })
    return { predictor, entry, type: entryType(predictor, plain) }
  })
  const entries = new Map<string, Pick<(typeof named)[number], 'entry' | 'type'>>()
  for (const { predictor, ...one } of named) entries.set(predictor.dspyName, one)
  // A bare module finds its entries beside those of the module that has it: DSPy leaves alone what it does not look for.
  for (const { predictor, ...one } of named)
    for (const name of predictor.dspyNames) if (name !== '' && !entries.has(name)) entries.set(name, one)
  const state: Record<string, JsonObject[string]> = Object.fromEntries([...entries].map(([name, { entry }]) => [name, entry]))
  const types = Object.fromEntries([...entries].map(([name, { type }]): [string, FieldType] => [name, type]))
  const alone = named.find(({ predictor }) => isBarePredict(predictor) && !hidesPredict(predictor.dspyName))
  if (alone) {
    Object.assign(state, alone.entry)
    Object.assign(types, alone.type.fields)
  }
  return { state: { ...state, metadata: { dependency_versions: dependencyVersions, dspy_studio: { format: 2 } } }, types }
}

interface EntrySource {
  readonly model: ModelSpec | undefined
  readonly files: DspyFiles
  readonly signature: Signature
}

function entryOf(predictor: Predictor, plain: ProgramState, { model, files, signature }: EntrySource): JsonObject {
  const { fields = {} } = plain[predictor.id] ?? {}
  return {
    traces: [],
    train: [],
    demos: mapFiles(plain[predictor.id]?.demos ?? [], ref => files.get(fileKey(ref)) ?? `[${fileWords(ref)}]`),
    signature: {
      instructions: signature.instructions,
      fields: signature.fields.map(field => ({ prefix: fieldPrefix(field), description: field.desc || `\${${field.name}}` })),
    },
    ...(Object.keys(fields).length > 0 && { fields: decisionFieldsJson(fields) }),
    lm: model ? dspyLm(model) : null,
  }
}

function entryType(predictor: Predictor, plain: ProgramState): TypeOf<'object'> {
  const values = Object.fromEntries(predictor.signature(plain).fields.map(({ name, type }) => [name, type]))
  const float: FieldType = { kind: 'float' }
  return {
    kind: 'object',
    fields: {
      demos: { kind: 'list', of: { kind: 'object', fields: values } },
      fields: decisionFieldsType,
      lm: { kind: 'object', fields: { temperature: float, top_p: float } },
    },
  }
}
