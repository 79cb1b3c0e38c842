import { EngineError } from '@/engine/base/errors'
import { completeState } from '@/engine/graph/default-state'
import type { ModelSpec } from '@/engine/lm/lm'
import { voteStep } from '@/engine/modules/vote'
import { programInputs, programOutputs } from '@/engine/program/ends'
import type { Body, Program, ProgramGraph, VoteNode } from '@/engine/program/program'
import type { Json } from '@/lib/json'
import { distinctEntries, readDspyEntries, type DspyEntry } from './dspy-entries'
import { foundSteps } from './dspy-steps'
import { readDspyState } from './from-dspy-json'
import { stepsOf, type PlannedStep } from './planned-steps'
import { wiredGraph } from './wired-graph'

export interface DspyProgram extends Program {
  readonly models: readonly ModelSpec[]
  /** What was guessed, since the file does not say it, and what of the file has no place, as sentences. */
  readonly remarks: readonly string[]
}

/**
 * A program made from a state file of DSPy alone. The file names the predictors, so the modules are known; it holds no types, no settings and
 * no connections, so these are guessed by rules that the remarks tell. Throws `project-invalid` as `readDspyEntries`.
 */
export function programOfDspy(json: Json): DspyProgram {
  const file = readDspyEntries(json)
  const entries = distinctEntries(file.entries)
  const told: string[] = []
  const graph = graphOf(entries, told)
  const { notCarried, hasSameFields: _same, ...read } = readDspyState(json, { graph, state: completeState(graph, {}), models: [] })
  const remarks = [...general(read.graph), ...new Set(told), ...notCarried]
  return { ...read, remarks }
}

function general({ nodes }: ProgramGraph): readonly string[] {
  const isMany = nodes.filter(({ kind }) => kind !== 'input' && kind !== 'output').length > 1
  return [
    'A state file of DSPy holds no types: fields are str, or what the values of the demos are. Compare them with your signatures.',
    ...(isMany
      ? [
          'It does not say how the steps are connected: an input takes the output of an earlier step with its name, else it is an input of the program.',
        ]
      : []),
  ]
}

function graphOf(entries: readonly DspyEntry[], told: string[]): ProgramGraph {
  const { votes, rest } = withoutVotes(entries)
  const steps: PlannedStep[] = [...stepsOf(foundSteps(rest), told)]
  for (const [path, programs] of votes) {
    const bodies = programs.map((own, index): Body => ({ id: `b${index + 1}`, name: `Program ${index + 1}`, graph: graphOf(own, told) }))
    steps.push(voteOf(path, bodies))
    told.push(
      `"${path === '' ? 'programs' : `${path}.programs`}" is taken for an ensemble of ${bodies.length} programs, joined by majority.`,
    )
  }
  if (steps.length === 0)
    throw new EngineError('project-invalid', 'The state file has no predictor, so there is nothing to build a program from.')
  return wiredGraph(steps)
}

/** Entries below `programs[i]` are the programs of an ensemble, in their order; those of one that is not whole are steps like others. */
function withoutVotes(entries: readonly DspyEntry[]): {
  readonly votes: ReadonlyMap<string, readonly (readonly DspyEntry[])[]>
  readonly rest: readonly DspyEntry[]
} {
  const votes = new Map<string, DspyEntry[][]>()
  const rest: DspyEntry[] = []
  for (const entry of entries) {
    const [, path = '', place = '', inner = ''] = /^(?:([^[\]]*)\.)?programs\[(\d{1,3})\](?:\.(.*))?$/.exec(entry.name) ?? []
    if (place === '') {
      rest.push(entry)
      continue
    }
    const programs = votes.get(path) ?? []
    votes.set(path, programs)
    const own = (programs[Number(place)] ??= [])
    own.push({ ...entry, name: inner })
  }
  for (const [path, programs] of votes) {
    if (programs.length === [...programs].filter(own => own !== undefined).length) continue
    votes.delete(path)
    rest.push(...entries.filter(({ name }) => name.startsWith(path === '' ? 'programs[' : `${path}.programs[`)))
  }
  return { votes, rest }
}

function voteOf(path: string, bodies: readonly Body[]): PlannedStep {
  const [first] = bodies
  const graph = first?.graph ?? { nodes: [], edges: [] }
  const inputs = programInputs(graph).map((field, index) => ({ ...field, id: `i${index + 1}`, role: 'input' as const }))
  const outputs = programOutputs(graph).map((field, index) => ({ ...field, id: `o${index + 1}`, role: 'output' as const }))
  return {
    path,
    name: 'vote',
    fields: [...inputs, ...outputs],
    added: [],
    make: base => {
      const node: VoteNode = voteStep.starter(base)
      return { ...node, bodies }
    },
  }
}
