import type { SignatureNode } from '@/engine/program/program'
import { moduleKinds } from '@/engine/modules/signature-nodes'
import type { PredictorSlot, StepKind } from '@/engine/modules/step'
import { fieldNameProblem } from '@/engine/signature/types/field-name'
import type { JsonObject } from '@/lib/json'
import type { DspyEntry } from './dspy-entries'
import { foundFields, isAdded, type FoundField } from './dspy-field-names'
import { toolsIn } from './dspy-tools'

/** A step that a state file tells of: a module by the names and the fields of its predictors. */
export interface FoundStep {
  readonly kind: StepKind<SignatureNode>
  readonly moduleParams: JsonObject
  /** The attribute path of the module; empty where it is the whole program. */
  readonly path: string
  /** The entry of each of its predictors, by key. */
  readonly entries: ReadonlyMap<string, DspyEntry>
  /** Inputs and outputs where the fields that the module adds part them; else all in one list. */
  readonly fields:
    | { readonly inputs: readonly FoundField[]; readonly outputs: readonly FoundField[] }
    | { readonly all: readonly FoundField[] }
}

/** The steps of a file's entries, in its order. An entry that fits no module is a Predict. */
export function foundSteps(entries: readonly DspyEntry[]): readonly FoundStep[] {
  const byName = new Map(entries.map(entry => [entry.name, entry]))
  const claimed = new Set<DspyEntry>()
  return entries.flatMap(entry => {
    if (claimed.has(entry)) return []
    for (const kind of kinds) {
      const step = stepOf(kind, entry, byName, claimed)
      if (step === undefined) continue
      for (const own of step.entries.values()) claimed.add(own)
      return [step]
    }
    return []
  })
}

/** Stands for the inputs and the outputs of any signature. */
const [input, output] = ['dspy_input', 'dspy_output']

/** Modules of several predictors first: the names of the others are parts of theirs. A Predict fits whatever is left. */
const kinds = moduleKinds
  .map(kind => ({ kind, paths: slotsOf(kind, {}).map(({ dspyPath }) => dspyPath) }))
  .sort((a, b) => b.paths.length - a.paths.length || longest(b.paths) - longest(a.paths))
  .map(({ kind }) => kind)

function longest(paths: readonly string[]): number {
  return Math.max(...paths.map(path => path.length))
}

function starterOf(kind: StepKind<SignatureNode>, moduleParams: JsonObject): SignatureNode {
  const field = (name: string, role: 'input' | 'output') => ({ id: name, name, role, type: { kind: 'str' } as const, desc: '' })
  const node = kind.starter({ id: 'n', name: kind.id, fields: [field(input, 'input'), field(output, 'output')] })
  return { ...node, moduleParams: { ...node.moduleParams, ...moduleParams } }
}

function slotsOf(kind: StepKind<SignatureNode>, moduleParams: JsonObject): readonly PredictorSlot[] {
  return kind.slots(starterOf(kind, moduleParams)).filter(({ isOnlyHere }) => isOnlyHere !== true)
}

function stepOf(
  kind: StepKind<SignatureNode>,
  entry: DspyEntry,
  byName: ReadonlyMap<string, DspyEntry>,
  claimed: ReadonlySet<DspyEntry>,
): FoundStep | undefined {
  for (const moduleParams of paramsOf(kind, entry)) {
    const slots = slotsOf(kind, moduleParams)
    for (const { dspyPath } of slots) {
      const path = pathBefore(entry.name, dspyPath)
      if (path === undefined) continue
      const own = slots.map(slot => [slot, byName.get(joined(path, slot.dspyPath))] as const)
      const found = own.flatMap(([slot, one]) => (one && !claimed.has(one) ? [{ slot, entry: one, parted: partedBy(slot, one) }] : []))
      if (found.length < slots.length || found.some(({ parted }) => parted === undefined)) continue
      const part = <K extends keyof Parted>(key: K) => found.flatMap(({ parted }) => (parted?.[key] ? [parted[key]] : []))[0]
      const [inputs, outputs, all] = [part('inputs'), part('outputs'), part('all')]
      const entries = new Map(found.map(one => [one.slot.key, one.entry]))
      if (inputs && outputs) return { kind, moduleParams, path, entries, fields: { inputs, outputs } }
      const named = outputs && !slots.some(hasInput) ? inputsNamed(found.map(one => one.entry.instructions ?? '')) : []
      if (outputs && named.length > 0) return { kind, moduleParams, path, entries, fields: { inputs: named, outputs } }
      if (all) return { kind, moduleParams, path, entries, fields: { all } }
    }
  }
  return undefined
}

function hasInput(slot: PredictorSlot): boolean {
  return slot.signature('').fields.some(({ name }) => name === input)
}

/** The inputs that only the instructions name, as RLM's do: those of DSPy, or ours in a file. */
function inputsNamed(instructions: readonly string[]): readonly FoundField[] {
  for (const line of instructions.flatMap(text => text.split('\n'))) {
    const list =
      between(line.slice(-mostNamed), 'given the inputs ', ':') ?? between(line.slice(0, mostNamed), '- ', ': variables with the inputs.')
    const names = list?.split(', ').map(name => name.slice(1, -1)) ?? []
    if (names.length > 0 && names.every(name => fieldNameProblem(name) === undefined))
      return [...new Set(names)].map(name => ({ name, desc: '', type: { kind: 'str' } }))
  }
  return []
}

function between(line: string, start: string, end: string): string | undefined {
  const from = line.indexOf(start)
  const to = line.indexOf(end, from + start.length)
  return from < 0 || to < 0 ? undefined : line.slice(from + start.length, to)
}

/** Characters of a line that may name the inputs. */
const mostNamed = 2000

/** The settings that the entries tell of; defaults stand for the others. */
function paramsOf(kind: StepKind<SignatureNode>, entry: DspyEntry): readonly JsonObject[] {
  const { shape } = kind.params
  if ('M' in shape) {
    const M = entry.fields.filter(({ prefix = '' }) => /^(?:Student Attempt #|Reasoning Attempt )\d{1,2}:$/.test(prefix)).length
    return M < 2 || M > 20 ? [] : [{ M }]
  }
  if ('module' in shape) return [{ module: 'chain-of-thought' }, { module: 'predict' }]
  const tools = 'tools' in shape ? toolsIn(entry.instructions ?? '') : []
  return [tools.length > 0 ? { tools } : {}]
}

interface Parted {
  readonly inputs?: readonly FoundField[]
  readonly outputs?: readonly FoundField[]
  readonly all?: readonly FoundField[]
}

/** The inputs and outputs among the fields of an entry, between those that the predictor adds itself; undefined where these are missing. */
function partedBy(slot: PredictorSlot, entry: DspyEntry): Parted | undefined {
  const template = (slot.dspySignature?.('') ?? slot.signature('')).fields.map(({ name }) => name)
  const fields = foundFields(entry)
  const at = [template.indexOf(input), template.indexOf(output)].filter(place => place >= 0).sort((a, b) => a - b)
  const isAt = (start: number, names: readonly string[]): boolean =>
    names.every((name, index) => isAdded(entry.fields[start + index] ?? {}, name))
  const [first, second] = at
  if (first === undefined) return fields.length === template.length && isAt(0, template) ? {} : undefined
  const before = template.slice(0, first)
  const after = template.slice((second ?? first) + 1)
  const end = fields.length - after.length
  if (end <= before.length || !isAt(0, before) || !isAt(end, after)) return undefined
  if (second === undefined) return { [template[first] === input ? 'inputs' : 'outputs']: fields.slice(before.length, end) }
  const between = template.slice(first + 1, second)
  if (between.length === 0) return { all: fields.slice(before.length, end) }
  for (let start = before.length; start + between.length <= end; start++) {
    if (isAt(start, between)) return { inputs: fields.slice(before.length, start), outputs: fields.slice(start + between.length, end) }
  }
  return undefined
}

/** What stands before the path of a predictor in its module; undefined where the name does not end with it. */
function pathBefore(name: string, path: string): string | undefined {
  if (path === '') return name
  if (name === path) return ''
  return name.endsWith(`.${path}`) ? name.slice(0, -path.length - 1) : undefined
}

function joined(start: string, path: string): string {
  return start === '' || path === '' ? start + path : `${start}.${path}`
}
