import { EngineError } from '@/engine/base/errors'
import { checkShape } from '@/engine/project/read-project'
import type { Demo } from '@/engine/program/program'
import { canonicalJson } from '@/lib/canonical-json'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { entryKeys } from './dspy-names'
import { isDspyEntry, isDspyState, isFlex, isWholeProgram, wholeProgramWords } from './is-dspy-state'

/** What a state file says of one predictor. */
export interface DspyEntry {
  /** Its key in the file; empty for a bare Predict, whose entry is the file itself. */
  readonly name: string
  readonly instructions?: string
  readonly fields: readonly DspyField[]
  readonly demos: readonly Demo[]
  /** How outputs are decided by probabilities, by their names, as it stands there. */
  readonly decisions?: JsonObject
  readonly lm?: JsonObject
  /** What of it has no place in a program, as sentences. */
  readonly left: readonly string[]
}

/** Inputs, then outputs, in their order. DSPy saves neither names nor types, and no mark between the two. */
export interface DspyField {
  readonly prefix?: string
  readonly description?: string
}

export interface DspyFile {
  readonly entries: readonly DspyEntry[]
  /** What stands beside the entries and is none, as sentences. */
  readonly left: readonly string[]
}

/**
 * The entries of a state file of DSPy 3.3 or 3.4, in its order. An entry that stands there twice, for a bare module and for one that has it,
 * comes once in `distinctEntries`. Throws `project-invalid` for anything else, with what to do about it.
 */
export function readDspyEntries(json: Json): DspyFile {
  if (!isDspyState(json)) throw new EngineError('project-invalid', noState(json))
  checkShape(
    json,
    (path, problem) => new EngineError('project-invalid', `The state file cannot be read: ${path.map(String).join('.')} ${problem}.`),
  )
  const left: string[] = []
  const entries: DspyEntry[] = []
  if (isDspyEntry(json))
    entries.push(entryOf('', Object.fromEntries(Object.entries(json).filter(([name]) => isOwnKey(name) || !isBeside(json[name])))))
  for (const [name, value] of Object.entries(json)) {
    if (name === 'metadata' || (isDspyEntry(json) && isOwnKey(name))) continue
    if (isDspyEntry(value)) entries.push(entryOf(name === 'self' ? '' : name, value))
    else if (isFlex(value)) left.push(flexWords(`"${name}"`, value))
    else if (!isDspyEntry(json)) left.push(`"${name}" is not the entry of a predictor and was left out.`)
  }
  if (entries.length > mostEntries)
    throw new EngineError(
      'project-invalid',
      `The state file has ${entries.length.toLocaleString('en')} predictors, and at most ${mostEntries.toLocaleString('en')} are taken. Save parts of the program in files of their own.`,
    )
  return { entries, left }
}

/** Each predictor once, under its longest name: a file of the studio also has it as a bare module would look for it. */
export function distinctEntries(entries: readonly DspyEntry[]): readonly DspyEntry[] {
  const equals = new Map<string, string[]>()
  const contents = entries.map(contentOf)
  for (const [index, { name }] of entries.entries()) {
    const content = contents[index] ?? ''
    const names = equals.get(content)
    if (names) names.push(name)
    else equals.set(content, [name])
  }
  return entries.filter(({ name }, index) => {
    const names = equals.get(contents[index] ?? '') ?? []
    return !names.some(other => other !== name && (name === '' || other.endsWith(`.${name}`)))
  })
}

/** What an entry says, whatever it is called: the same text for the same. */
export function contentOf({ instructions = '', fields, demos, decisions = {}, lm = {} }: DspyEntry): string {
  return canonicalJson({ instructions, fields: fields.map(field => ({ ...field })), demos, decisions, lm })
}

/** What DSPy's Flex keeps, and why nothing of it comes over. */
function flexWords(title: string, { module_src: source, lm }: JsonObject): string {
  const lines = typeof source === 'string' ? source.split('\n').length : 0
  const held = `its source (${lines} ${lines === 1 ? 'line' : 'lines'})`
  const model = isJsonObject(lm) && typeof lm['model'] === 'string' ? lm['model'].slice(0, 200) : undefined
  const what = model === undefined ? `${held} has` : `${held} and its model ${model} have`
  return `${title} is a module of DSPy’s Flex, which writes its own Python: ${what} no place here. Build what it does as steps, and copy its instructions.`
}

/** What a whole-program save, a pickle or any other file is told. */
function noState(json: Json): string {
  if (isWholeProgram(json)) return wholeProgramWords
  if (isFlex(json)) return flexWords('The file', json)
  const flex = isJsonObject(json) ? Object.entries(json).find(([, value]) => isFlex(value)) : undefined
  if (flex && isFlex(flex[1])) return flexWords(`"${flex[0]}"`, flex[1])
  return 'This is not a DSPy state file: it should hold a JSON object with one entry per predictor, as program.save("state.json") writes it.'
}

/** Far more than the largest program has, few enough to draw. */
const mostEntries = 1000
const mostFields = 500

function isOwnKey(name: string): boolean {
  return entryKeys.some(key => key === name)
}

/** In the file of a bare Predict: the entry of a module that has it, or what the file is made with. */
function isBeside(value: Json | undefined): boolean {
  return isDspyEntry(value) || (isJsonObject(value) && 'dependency_versions' in value)
}

function entryOf(name: string, entry: JsonObject): DspyEntry {
  const title = name === '' ? 'the Predict' : `"${name}"`
  const signature = isJsonObject(entry['signature']) ? entry['signature'] : {}
  const left: string[] = []
  for (const list of ['traces', 'train']) {
    const items = entry[list]
    if (Array.isArray(items) && items.length > 0)
      left.push(
        `The ${items.length === 1 ? 'item' : `${items.length} items`} of "${list}" in ${title} ${items.length === 1 ? 'was' : 'were'} left out: only demos are shown to a model.`,
      )
  }
  const fields = entry['fields']
  for (const [key, value] of Object.entries(entry)) {
    if (isOwnKey(key) || key === 'metadata') continue
    left.push(`"${key.slice(0, 100)}" of ${title} was left out: ${cut(value)}.`)
  }
  const { instructions } = signature
  const lm = entry['lm']
  return {
    name,
    ...(typeof instructions === 'string' && { instructions }),
    fields: fieldsOf(signature['fields'], title),
    demos: demosOf(entry['demos'], title, left),
    ...(isJsonObject(fields) && Object.keys(fields).length > 0 && { decisions: fields }),
    ...(isJsonObject(lm) && Object.keys(lm).length > 0 && { lm }),
    left,
  }
}

function fieldsOf(value: Json | undefined, title: string): readonly DspyField[] {
  if (!Array.isArray(value)) return []
  if (value.length > mostFields)
    throw new EngineError('project-invalid', `The signature of ${title} has ${value.length} fields, and at most ${mostFields} are taken.`)
  return value.filter(isJsonObject).map(({ prefix, description }) => ({
    ...(typeof prefix === 'string' && { prefix: prefix.trim() }),
    ...(typeof description === 'string' && { description }),
  }))
}

function demosOf(value: Json | undefined, title: string, left: string[]): readonly Demo[] {
  if (!Array.isArray(value)) return []
  const demos = value.filter((demo): demo is JsonObject => isJsonObject(demo))
  const others = value.length - demos.length
  if (others > 0)
    left.push(
      `${others === 1 ? 'One demo' : `${others} demos`} of ${title} ${others === 1 ? 'is not an object and was' : 'are not objects and were'} left out.`,
    )
  return demos
}

function cut(value: Json): string {
  const text = canonicalJson(value)
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
