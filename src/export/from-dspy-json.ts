import { EngineError } from '@/engine/base/errors'
import type { Demo, Program, ProgramGraph, ProgramState } from '@/engine/program/program'
import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import { checkShape } from '@/engine/project/read-project'
import { fieldDescriptions } from './field-descriptions'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'

export interface ReadDspyState {
  /** The program with the descriptions that the file gives its fields. */
  readonly graph: ProgramGraph
  readonly state: ProgramState
  /** What the file held that has no place in the program, as sentences. */
  readonly notCarried: readonly string[]
}

/**
 * Reads a file of DSPy's `program.save` onto a program of the same structure: instructions, demos and descriptions of fields by parameter
 * name. What else the file holds and has no place here is named.
 * A program of one predictor also takes the flat form of a bare `Predict`. Source: dspy-spec §7.6–7.7.
 */
export function readDspyState(json: Json, program: Program): ReadDspyState {
  if (!isJsonObject(json))
    throw new EngineError('project-invalid', 'This is not a DSPy state file: it should hold a JSON object with one entry per predictor.')
  checkShape(
    json,
    (path, problem) => new EngineError('project-invalid', `The state file cannot be read: ${path.map(String).join('.')} ${problem}.`),
  )
  const predictors = predictorsOf(program.graph)
  const entries = entriesOf(
    json,
    predictors.map(predictor => predictor.dspyName),
  )
  const state: Record<string, ProgramState[string]> = { ...program.state }
  const notCarried: string[] = []
  const descriptions = fieldDescriptions(notCarried)
  for (const predictor of predictors) {
    const entry = entries.get(predictor.dspyName)
    if (!entry && predictor.isOnlyHere) continue
    if (!entry) {
      throw new EngineError(
        'project-invalid',
        `The state file has no entry "${predictor.dspyName}". Its entries must carry the names of this program's predictors: ${predictors.map(one => one.dspyName).join(', ')}.`,
      )
    }
    const signature = isJsonObject(entry['signature'] ?? null) ? (entry['signature'] as JsonObject) : {}
    const instructions = signature['instructions']
    descriptions.take(predictor, signature['fields'])
    const before = state[predictor.id]
    // What the studio adds to a predictor (a choice of demos, members) belonged to the state before: the file is the whole state.
    state[predictor.id] = {
      instructions: typeof instructions === 'string' ? withoutAdded(instructions, predictor) : (before?.instructions ?? ''),
      demos: demosOf(entry['demos'], predictor, notCarried),
      ...(before?.lm !== undefined && { lm: before.lm }),
    }
    for (const list of ['traces', 'train']) {
      const items = entry[list]
      if (Array.isArray(items) && items.length > 0)
        notCarried.push(
          `The ${items.length === 1 ? 'item' : `${items.length} items`} of "${list}" in "${predictor.dspyName}" were left out: only demos are shown to a model.`,
        )
    }
    if (isJsonObject(entry['lm'] ?? null)) notCarried.push(`The model of "${predictor.dspyName}" was left out: choose one in the studio.`)
  }
  for (const name of entries.keys()) {
    if (!predictors.some(predictor => predictor.dspyName === name)) notCarried.push(`"${name}" is not a predictor of this program.`)
  }
  return { graph: descriptions.applied(program.graph), state, notCarried }
}

/** The tuned part of a prompt's instructions: what the step adds when it asks (an agent's tools) stands in the file, but not in our state. */
function withoutAdded(text: string, { id, dspySignature }: Predictor): string {
  const added = dspySignature({ [id]: { instructions: '', demos: [] } }).instructions.trim()
  return added !== '' && text.endsWith(added) ? text.slice(0, -added.length).trimEnd() : text
}

function entriesOf(json: JsonObject, names: readonly string[]): Map<string, JsonObject> {
  const only = names.length === 1 ? names[0] : undefined
  if (only !== undefined && isJsonObject(json['signature'] ?? null)) return new Map([[only, json]])
  const entries = new Map<string, JsonObject>()
  for (const [name, entry] of Object.entries(json)) {
    if (name !== 'metadata' && isJsonObject(entry) && 'signature' in entry) entries.set(name, entry)
  }
  const single = entries.size === 1 ? [...entries.values()][0] : undefined
  if (only !== undefined && single && !entries.has(only)) return new Map([[only, single]])
  return entries
}

function demosOf(value: Json | undefined, { dspyName }: Predictor, notCarried: string[]): readonly Demo[] {
  if (!Array.isArray(value)) return []
  const demos = value.filter((demo): demo is JsonObject => isJsonObject(demo))
  const left = value.length - demos.length
  if (left > 0)
    notCarried.push(
      `${left === 1 ? 'One demo' : `${left} demos`} of "${dspyName}" ${left === 1 ? 'is not an object and was' : 'are not objects and were'} left out.`,
    )
  return demos
}
