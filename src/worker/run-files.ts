import { readStoredAnswer } from '@/engine/lm/stored-answer'
import type { StoredCall } from '@/engine/lm/call-store'
import { EngineError } from '@/engine/base/errors'
import type { RunId } from '@/storage/records'
import { checkShape } from '@/engine/project/read-project'
import { newId } from '@/lib/ids'
import { parseJson } from '@/lib/json'
import { addRunWithRecord } from '@/storage/add-run-record'
import { appVersion } from '@/storage/change-notices'
import { getExampleSet, putExampleSet } from '@/storage/example-sets'
import { addCall, getCalls, paidAnswers } from '@/storage/lm-calls'
import { getProject } from '@/storage/projects'
import { listRollouts } from '@/storage/rollouts'
import { listRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import { parseRunFile, runFileVersion, type RunFile } from '@/storage/run-file'
import { getRun } from '@/storage/runs'
import type { ImportedRun } from './api'

/**
 * A run as one JSON file. It is put together list by list: a long run makes a text that no browser should have to hold twice.
 */
export async function exportRun(runId: RunId): Promise<Blob> {
  const run = await getRun(runId)
  if (!run) throw new EngineError('not-found', 'This run is no longer stored in this browser.', { runId })
  const { train, val } = run.spec.data
  const calls = await listRunCalls(runId)
  const head = { format: 'dspy-studio-run', schemaVersion: runFileVersion, appVersion } satisfies Partial<RunFile>
  const lists = {
    train: await getExampleSet(train),
    val: await getExampleSet(val),
    events: await listEvents(runId),
    rollouts: await listRollouts(runId),
    calls,
  } satisfies Partial<RunFile>
  const parts = [`${JSON.stringify({ ...head, run }).slice(0, -1)}`]
  for (const [name, list] of Object.entries(lists)) parts.push(`,\n${JSON.stringify(name)}:`, ...listText(list))
  parts.push(',\n"answers":[')
  let isFirst = true
  // Those that a killed run paid for and had no time to note are needed where it is taken up again.
  const keys = new Set([...calls.map(call => call.key), ...(await paidAnswers(runId)).map(call => call.key)])
  for await (const answers of getCalls([...keys])) {
    if (answers.length === 0) continue
    parts.push(`${isFirst ? '' : ','}\n${answers.map(answer => JSON.stringify(answer)).join(',\n')}`)
    isFirst = false
  }
  parts.push(']}\n')
  return new Blob(parts, { type: 'application/json' })
}

/**
 * Stores an exported run under a new id in a project, where it can be looked at and replayed like any other. An answer that this
 * browser has already under the same key stays as it is.
 */
export async function importRun(projectId: string, file: Blob): Promise<ImportedRun> {
  if (!(await getProject(projectId))) throw new EngineError('not-found', 'This project is no longer stored in this browser.', { projectId })
  const json = parseJson(await file.text())
  if (!json.ok) throw new EngineError('project-invalid', `This file is not a run: it is not valid JSON (${json.reason}).`)
  checkShape(json.value)
  const { run, train, val, events, rollouts, calls, answers } = parseRunFile(json.value)
  await Promise.all([putExampleSet(train), putExampleSet(val)])
  let differing = 0
  for (let start = 0; start < answers.length; start += batchSize) {
    const batch = answers.slice(start, start + batchSize)
    const stored = await Promise.all(batch.map(answer => addCall(answer)))
    differing += stored.filter((kept, index) => answerIn(kept) !== answerIn(batch[index])).length
  }
  const id = newId('run')
  const isOver = run.status !== 'queued' && run.status !== 'running' && run.status !== 'paused'
  const ended = isOver ? {} : { status: 'stopped' as const, finish: 'It was still under way when it was exported.' }
  await addRunWithRecord({ ...run, ...ended, id, projectId }, { events, rollouts, calls })
  return { runId: id, answers: answers.length, differingAnswers: differing }
}

/** As it is read today: a record of an earlier version may hold the thoughts, too. */
function answerIn(call: StoredCall | undefined): string | undefined {
  return call && readStoredAnswer(call.response).text
}

const batchSize = 500

function* listText(list: readonly unknown[]): Generator<string> {
  yield '['
  for (let start = 0; start < list.length; start += batchSize) {
    const text = list
      .slice(start, start + batchSize)
      .map(item => JSON.stringify(item))
      .join(',\n')
    yield `${start === 0 ? '' : ','}\n${text}`
  }
  yield ']'
}
