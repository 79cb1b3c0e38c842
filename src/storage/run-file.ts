import { z } from 'zod'
import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import { callKey } from '@/engine/lm/request-key'
import { journalEventSchema } from '@/engine/record/event-schema'
import type { JournalEvent } from '@/engine/record/events'
import type { StoredCall } from '@/engine/lm/call-store'
import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { isJsonObject, type Json } from '@/lib/json'
import { exampleSchema, runRecordSchema, storedCallSchema, storedRolloutSchema, storedRunCallSchema } from './record-schemas'
import type { RunRecord, StoredRollout, StoredRunCall } from './records'

export const runFileVersion = 1

/** A run with all that is needed to look at it and to replay it elsewhere. Keys are no part of it. */
export interface RunFile {
  readonly format: 'dspy-studio-run'
  readonly schemaVersion: typeof runFileVersion
  readonly appVersion: string
  readonly run: RunRecord
  readonly train: readonly Example[]
  readonly val: readonly Example[]
  readonly events: readonly JournalEvent[]
  readonly rollouts: readonly StoredRollout[]
  readonly calls: readonly StoredRunCall[]
  /** The LM answers it used, as far as they were still stored. */
  readonly answers: readonly StoredCall[]
}

const runFileSchema = z.object({
  format: z.literal('dspy-studio-run'),
  schemaVersion: z.literal(runFileVersion),
  appVersion: z.string(),
  run: runRecordSchema,
  train: z.array(exampleSchema),
  val: z.array(exampleSchema),
  events: z.array(journalEventSchema),
  rollouts: z.array(storedRolloutSchema),
  calls: z.array(storedRunCallSchema),
  answers: z.array(storedCallSchema),
})

/**
 * Checks a run file down to its sums: rows must be those that the run names by their hash, and each answer must lie under the key
 * of its request. Throws `project-newer` for a file of a later version, `project-invalid` with the place of the first fault.
 */
export function parseRunFile(json: Json): RunFile {
  if (!isJsonObject(json) || json.format !== 'dspy-studio-run') {
    throw invalid('This is not a run of DSPy Studio. Choose a file that was saved with "Export run".')
  }
  if (typeof json.schemaVersion === 'number' && json.schemaVersion > runFileVersion) {
    throw new EngineError(
      'project-newer',
      `This run was exported by a newer version of DSPy Studio (file version ${json.schemaVersion}, this app reads up to ${runFileVersion}). Update DSPy Studio, then open it again.`,
      { version: json.schemaVersion, supported: runFileVersion },
    )
  }
  const result = runFileSchema.safeParse(json)
  if (!result.success) {
    const [issue] = result.error.issues
    const path = issue?.path.map(String).join('.') || 'file'
    throw invalid(`The run file cannot be read: ${path}: ${issue?.message ?? 'is not what a run file holds'}. Export the run again.`, path)
  }
  // The values as they were read: what a later version adds survives.
  const file = json as unknown as RunFile
  for (const name of ['train', 'val'] as const) {
    if (sha256Hex(canonicalJson(file[name])) !== file.run.spec.data[name].hash)
      throw invalid(`The ${name} rows in this file are not those that the run used. Export the run again.`, name)
  }
  const wrong = file.answers.findIndex(({ key, request, rollout }) => callKey(request, rollout) !== key)
  if (wrong >= 0)
    throw invalid(`The answer ${wrong + 1} in this file belongs to another request. Export the run again.`, `answers.${wrong}`)
  return file
}

function invalid(message: string, path = 'file'): EngineError {
  return new EngineError('project-invalid', message, { path })
}
