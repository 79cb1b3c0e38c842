import { EngineError } from '@/engine/base/errors'
import type { ModelSpec } from '@/engine/lm/lm'
import type { Program, ProgramGraph, ProgramState } from '@/engine/program/program'
import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import { inferPrefix } from '@/engine/signature/label'
import type { Json } from '@/lib/json'
import { readDecisions } from './dspy-decisions'
import { contentOf, distinctEntries, readDspyEntries, type DspyEntry } from './dspy-entries'
import { isAtUnknownAddress, modelOfDspy } from './dspy-lm'
import { fieldDescriptions } from './field-descriptions'
import { tunedText } from './tuned-text'

export interface ReadDspyState {
  /** The program with the descriptions that the file gives its fields. */
  readonly graph: ProgramGraph
  readonly state: ProgramState
  /** The models of the program with those that the file names and it did not have. */
  readonly models: readonly ModelSpec[]
  /** What the file held that has no place in the program, and where the two differ, as sentences. */
  readonly notCarried: readonly string[]
  /** Whether the file's fields are those of the program. */
  readonly hasSameFields: boolean
}

/**
 * Reads a file of DSPy's `program.save` onto a program of the same structure: instructions, demos, models and descriptions of fields by
 * parameter name, or where a name is another but the fields are those of one step alone, by its fields. What else the file holds and has no
 * place here is named. Throws `project-invalid` for another file, for a program that it does not fit,
 * and for settings of decisions that DSPy does not take either. Source: dspy-spec §7.6–7.7.
 */
export function readDspyState(json: Json, program: Program & { readonly models?: readonly ModelSpec[] }): ReadDspyState {
  const file = readDspyEntries(json)
  const matched = matchedEntries(program.graph, file.entries)
  const state: Record<string, ProgramState[string]> = { ...program.state }
  const notCarried: string[] = [...file.left, ...matched.told]
  const models = [...(program.models ?? [])]
  const descriptions = fieldDescriptions(notCarried)
  for (const { predictor, entry } of matched.pairs) {
    const { dspyName } = predictor
    descriptions.take(predictor, entry.fields)
    const before = state[predictor.id]
    const asked = entry.lm && modelOfDspy(entry.lm, models)
    if (asked?.model && !models.includes(asked.model)) {
      models.push(asked.model)
      if (isAtUnknownAddress(asked.model))
        notCarried.push(
          `The file says that the model of "${dspyName}" is asked at ${asked.model.baseUrl}: rows are sent there once it runs. Check the address first.`,
        )
    }
    for (const words of asked?.left ?? [])
      notCarried.push(
        asked?.model
          ? `Of the model of "${dspyName}" was left out ${words}.`
          : `The model of "${dspyName}" was left out, since it ${words}. Choose one in the studio.`,
      )
    const fields = entry.decisions && readDecisions(entry.decisions, predictor.signature(program.state), entry.name)
    const lm = asked?.model?.id ?? before?.lm
    // What the studio adds to a predictor (a choice of demos, members) belonged to the state before: the file is the whole state.
    state[predictor.id] = {
      instructions: entry.instructions === undefined ? (before?.instructions ?? '') : tunedText(entry.instructions, predictor),
      demos: entry.demos,
      ...(fields && { fields }),
      ...(lm !== undefined && { lm }),
    }
    notCarried.push(...entry.left)
  }
  return { graph: descriptions.applied(program.graph), state, models, notCarried, hasSameFields: descriptions.hasSameFields() }
}

interface Matched {
  readonly pairs: readonly { readonly predictor: Predictor; readonly entry: DspyEntry }[]
  readonly told: readonly string[]
}

function matchedEntries(graph: ProgramGraph, entries: readonly DspyEntry[]): Matched {
  const predictors = predictorsOf(graph)
  if (predictors.length === 0)
    throw new EngineError(
      'project-invalid',
      'This program asks no model yet, so what the file holds has no place in it. Make a new project of it.',
    )
  const byName = new Map(entries.map(entry => [entry.name, entry]))
  const found = new Map<Predictor, DspyEntry>()
  const used = new Set<DspyEntry>()
  const told: string[] = []
  for (const predictor of predictors) {
    const [entry, ...others] = predictor.dspyNames.flatMap(name => byName.get(name) ?? [])
    if (entry === undefined) continue
    found.set(predictor, entry)
    for (const one of [entry, ...others]) used.add(one)
    if (others.some(other => contentOf(other) !== contentOf(entry)))
      told.push(
        `The file has "${entry.name}" twice, with different contents, for a bare module and for one that has it. That of "${entry.name}" was taken.`,
      )
  }
  const left = distinctEntries(entries).filter(entry => !used.has(entry))
  const missing = predictors.filter(predictor => !found.has(predictor) && !predictor.isOnlyHere)
  const fitting = byShape(missing, left)
  for (const predictor of missing) {
    const entry = predictors.length === 1 ? onlyOf(left) : fitting.get(shapeOf(predictor))
    if (entry === undefined) continue
    found.set(predictor, entry)
    used.add(entry)
    if (predictors.length > 1) told.push(`"${entry.name}" was taken for "${predictor.dspyName}", the only step with its fields.`)
  }
  const unmatched = missing.find(predictor => !found.has(predictor))
  if (unmatched) {
    throw new EngineError(
      'project-invalid',
      `The state file has no entry "${unmatched.dspyName}". Its entries must carry the names of this program's predictors: ${predictors.map(one => one.dspyName).join(', ')}.`,
    )
  }
  for (const entry of left) if (!used.has(entry)) told.push(`"${entry.name}" is not a predictor of this program.`)
  const pairs = predictors.flatMap(predictor => {
    const entry = found.get(predictor)
    return entry ? [{ predictor, entry }] : []
  })
  return { pairs, told }
}

/** Entries by their fields, where one entry and one predictor alone have them. */
function byShape(predictors: readonly Predictor[], entries: readonly DspyEntry[]): ReadonlyMap<string, DspyEntry> {
  const asking = groupBy(predictors, shapeOf)
  return new Map(
    [...groupBy(entries, shapeOfEntry)].flatMap(([shape, own]) => {
      const entry = onlyOf(own)
      return entry && asking.get(shape)?.length === 1 ? [[shape, entry] as const] : []
    }),
  )
}

function groupBy<T>(list: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}

function onlyOf<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined
}

function shapeOf(predictor: Predictor): string {
  return JSON.stringify(predictor.signature({}).fields.map(({ name }) => `${inferPrefix(name)}:`))
}

function shapeOfEntry({ fields }: DspyEntry): string {
  return JSON.stringify(fields.map(({ prefix = '' }) => prefix))
}
