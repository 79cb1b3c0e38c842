import { createConnector } from '@/engine/providers/connect'
import type { ModelSpec } from '@/engine/lm/lm'
import type { RunPorts } from '@/engine/run/base/ports'
import type { Clock } from '@/engine/base/clock'
import { memoryPorts, realClock, type MemoryDisk } from './memory-ports'
import { simulatedLm } from './simulated-lm'
import { toyModel, type ToyRun } from './toy-run'

/** A toy run whose models live at an address. */
export function overHttp({ spec, data }: ToyRun, url: string, changes: Partial<ModelSpec> = {}): ToyRun {
  const model: ModelSpec = { ...toyModel, baseUrl: url, limits: { concurrency: spec.concurrency }, ...changes }
  const { embedding } = spec.models
  const embedder = embedding && { embedding: { ...embedding, baseUrl: url, limits: { concurrency: spec.concurrency } } }
  return { spec: { ...spec, models: { task: model, prompt: model, ...embedder, overrides: {} } }, data }
}

/** Ports with a real connection and a disk in memory. */
export function httpPorts({ clock = realClock, disk }: { clock?: Clock; disk?: MemoryDisk } = {}): RunPorts {
  const ports = memoryPorts({ lm: simulatedLm(), clock, ...(disk && { disk }) })
  return { ...ports, connect: createConnector({ fetch: globalThis.fetch, clock, authorize: async () => undefined }) }
}
