import type { JsonObject } from '@/lib/json'
import { predictorsOf } from '@/engine/graph/predictors'
import type { Program } from '@/engine/program/program'
import { estimateRun } from '@/engine/run/plan/estimate'
import type { RunEvent } from '@/engine/record/events'
import { memoryDisk, memoryPorts } from './memory-ports'
import { simulatedLm, type SimulatedOptions } from './simulated-lm'
import { finish, toyRun } from './toy-run'

export interface ToySizes {
  readonly program: Program
  readonly train: number
  readonly val: number
  readonly model?: SimulatedOptions
}

/** Compiles the toy task and counts what it took. */
export async function compileToy(id: string, params: JsonObject, sizes: ToySizes, seed = 7) {
  const disk = memoryDisk()
  const optimizer = { id, params }
  const outcome = await finish(toyRun({ ...sizes, optimizer, seed }), memoryPorts({ lm: simulatedLm(sizes.model), disk }))
  const ran = (purpose: string): number => [...disk.rollouts.values()].filter(record => record.purpose === purpose).length
  const { graph } = sizes.program
  const runs = ran('evaluate') + ran('trial') + ran('bootstrap')
  return {
    outcome,
    disk,
    events: disk.events,
    /** Program runs of a purpose. */
    ran,
    /** Requests of optimizers outside of the program, cached ones counted. */
    asked: outcome.totals.answered - runs * predictorsOf(graph).length,
    plan: estimateRun({ kind: 'compile', graph, train: sizes.train, val: sizes.val, optimizer }),
    /** Events of one kind. */
    told: <T extends RunEvent['type']>(type: T) =>
      disk.events.filter((event): event is Extract<typeof event, { type: T }> => event.type === type),
  }
}
