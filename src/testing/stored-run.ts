import { EngineError } from '@/engine/base/errors'
import type { Program } from '@/engine/program/program'
import type { Lm } from '@/engine/lm/lm'
import { chatOf } from './chat-of'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/record/spec'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { putExampleSet } from '@/storage/example-sets'
import { addCall } from '@/storage/lm-calls'
import { putProject } from '@/storage/projects'
import type { RunRecord, RunStatus } from '@/storage/records'
import { addRun, appendToRun, getRun, patchRun, takeRun } from '@/storage/runs'
import { memoryDisk, memoryPorts } from './memory-ports'
import { simulatedLm } from './simulated-lm'
import { oneStep } from './toy-programs'
import { toyProject } from './toy-project'
import { toyRun } from './toy-run'
import { systemClock } from '@/lib/system-clock'

/** Stores a project of the toy program and returns its id. */
export async function storeToyProject(program: Program = oneStep()): Promise<string> {
  const { datasetId: _none, ...project } = toyProject()
  await putProject({ ...project, graph: program.graph, state: program.state, mapping: { inputs: {}, labels: {} }, reveals: [] })
  return project.id
}

export interface StoredRunOptions {
  readonly id?: string
  readonly program?: Program
  readonly spec?: Partial<RunSpec>
  readonly lm?: Lm
  readonly val?: number
  /** For programs whose steps run code of the user. */
  readonly runner?: CodeRunner
  /** What the record says in place of how the run really ended; a run that says `running` with no lock was interrupted. */
  readonly status?: RunStatus
}

/** Runs the toy task through the real engine and stores all of it, as the worker would: record, story, rollouts, calls and answers. */
export async function storeToyRun({
  id = 'run_toy',
  program = oneStep(),
  spec,
  lm = simulatedLm(),
  val = 12,
  runner,
  status,
}: StoredRunOptions = {}): Promise<RunRecord> {
  const toy = toyRun({ program, val, ...spec })
  const [train, scored] = await Promise.all([putExampleSet(toy.data.train), putExampleSet(toy.data.val)])
  const full: RunSpec = { ...toy.spec, data: { split: toy.spec.data.split, train, val: scored } }
  const disk = memoryDisk()
  const outcome = await startRun(full, toy.data, memoryPorts({ lm, disk, ...(runner && { runner }) }), () => undefined).done
  const { totals, sentence, result, error, digest } = outcome
  const now = systemClock.date()
  const head = {
    id,
    projectId: toyProject().id,
    kind: full.kind,
    title: full.title,
    spec: full,
    createdAt: now,
    heartbeatAt: now,
    epoch: 0,
    totals,
  }
  await addRun({ ...head, status: 'queued' })
  const { epoch } = await takeRun(id, now)
  const events = status === 'running' ? disk.events.slice(0, Math.ceil(disk.events.length / 2)) : disk.events
  await appendToRun(id, epoch, { events, rollouts: [...disk.rollouts.values()], calls: [...disk.runCalls.values()], totals }, now)
  for (const call of disk.calls.values()) await addCall(call)
  if (status !== 'running') {
    await patchRun(id, epoch, {
      status: status ?? outcome.status,
      totals,
      digest,
      finish: sentence,
      endedAt: now + 1200,
      activeMs: 1200,
      ...(result && { result }),
      ...(error && { error }),
    })
  }
  const record = await getRun(id)
  if (record === undefined) throw new Error('the run was not stored')
  return record
}

export interface MoodyOptions {
  /** Rows whose first answer cannot be read, so that they are asked again with a JSON schema. */
  readonly unreadable?: (text: string) => boolean
  /** Rows the provider refuses: they count as 0. */
  readonly refused?: (text: string) => boolean
  /** Rows the provider is not reached for: they have no score. */
  readonly unreached?: (text: string) => boolean
}

/** The simulated model with bad days that depend on the row alone. */
export function moodyLm({ unreadable, refused, unreached }: MoodyOptions): Lm {
  const good = simulatedLm()
  return {
    capabilities: { responseFormats: ['json_schema', 'json_object'] },
    async generate(given, call) {
      const request = chatOf(given)
      const text = request.messages.at(-1)?.content ?? ''
      if (refused?.(text)) throw new EngineError('lm-content-filter', 'The provider refused this text.', { isRetryable: false })
      if (unreached?.(text)) throw new EngineError('lm-network', 'The provider was not reached.', { isRetryable: false })
      const answer = await good.generate(request, call)
      if (!unreadable?.(text)) return answer
      return {
        ...answer,
        text: request.responseFormat === undefined ? 'Surely <b>red</b>, <img src=x onerror=alert(1)>' : '{"label": "red"}',
      }
    },
  }
}
