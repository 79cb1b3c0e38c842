import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { readRecordedRun } from '@/cli/headless/journal-directory'
import type { CallRecord, JournalEvent, RunTotals } from '@/engine/record/events'
import { storyDigest } from '@/engine/run/story/story'
import { exampleSetRef } from '../../src/engine/record/example-set'
import { toyFile } from '@/testing/toy-project'

/** Writes a recorded journal as the file that the studio imports, piece by piece. */
export function writeRunFile(folder: string, path: string): void {
  const { spec, train, val } = readRecordedRun(folder)
  const batches = linesOf(join(folder, 'journal.jsonl')).map(line => JSON.parse(line) as Batch)
  const events = batches.flatMap(batch => batch.events)
  const calls = batches.flatMap(batch => batch.calls)
  const at = events.at(-1)?.at ?? 0
  const run = {
    id: 'run_bench',
    projectId: 'project_bench',
    kind: spec.kind,
    title: spec.title,
    status: 'done',
    spec: { ...spec, data: { ...spec.data, train: exampleSetRef(train), val: exampleSetRef(val) } },
    createdAt: events[0]?.at ?? 0,
    endedAt: at,
    epoch: 1,
    heartbeatAt: at,
    totals: batches.at(-1)?.totals,
    digest: storyDigest(events),
  }
  const file = openSync(path, 'w')
  const head = { format: 'dspy-studio-run', schemaVersion: 1, appVersion: spec.engineVersion, run, train, val, events }
  writeSync(file, JSON.stringify(head).slice(0, -1))
  writeSync(file, `,"rollouts":[${linesOf(join(folder, 'rollouts.jsonl')).map(ofRun).join(',')}]`)
  writeSync(file, `,"calls":[${calls.map(call => ofRun(JSON.stringify(call))).join(',')}]`)
  writeSync(file, ',"answers":[')
  let isFirst = true
  for (const line of linesOf(join(folder, 'calls.jsonl'))) {
    writeSync(file, isFirst ? line : `,${line}`)
    isFirst = false
  }
  writeSync(file, ']}')
  closeSync(file)
}

/** Any project will do to hold the run. */
export const projectFile = toyFile(4)

interface Batch {
  readonly events: readonly JournalEvent[]
  readonly calls: readonly CallRecord[]
  readonly totals: RunTotals
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1)
}

function ofRun(line: string): string {
  return `{"runId":"run_bench",${line.slice(1)}`
}
