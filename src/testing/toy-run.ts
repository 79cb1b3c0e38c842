import type { Example } from '@/engine/base/example'
import type { Program } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import type { RunBatch, RunHandle, RunOutcome, RunPorts } from '@/engine/run/base/ports'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/record/spec'
import { oneStep, toyRows } from './toy-programs'

export const toyModel: ModelSpec = {
  id: 'toy',
  label: 'Toy',
  provider: 'openai-compatible',
  model: 'toy-1',
  settings: { temperature: 0 },
  price: { input: 1, output: 2 },
}

/** The toy model under the name it makes embeddings by. */
export const toyEmbedder: ModelSpec = {
  ...toyModel,
  id: 'toy-embedder',
  label: 'Toy embedder',
  model: 'toy-embed-1',
  price: { input: 0.1, output: 0 },
}

export interface ToyRun {
  readonly spec: RunSpec
  readonly data: { readonly train: readonly Example[]; readonly val: readonly Example[] }
}

/** A run of the toy task, compile unless told otherwise. */
export function toyRun({
  program = oneStep(),
  train = 20,
  val = 12,
  ...rest
}: Partial<RunSpec> & { program?: Program; train?: number; val?: number } = {}): ToyRun {
  const spec: RunSpec = {
    schemaVersion: 1,
    engineVersion: 'test',
    kind: 'compile',
    title: 'Toy',
    graph: program.graph,
    state: program.state,
    metric: { kind: 'exact-match', params: { field: 'label' } },
    models: { task: toyModel, prompt: toyModel, overrides: {} },
    data: { split: 'val', train: { hash: 't', count: train }, val: { hash: 'v', count: val } },
    seed: 7,
    concurrency: 4,
    maxErrors: 10,
    budget: {},
    ...rest,
  }
  return { spec, data: { train: toyRows(train), val: toyRows(val, 1000) } }
}

/** Starts a toy run and gathers what its listener hears. */
export function start({ spec, data }: ToyRun, ports: RunPorts): RunHandle & { readonly batches: RunBatch[] } {
  const batches: RunBatch[] = []
  return { ...startRun(spec, data, ports, batch => batches.push(batch)), batches }
}

export async function finish(run: ToyRun, ports: RunPorts): Promise<RunOutcome> {
  return start(run, ports).done
}
