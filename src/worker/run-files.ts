import { blobEntriesOf, takeBlobs } from '@/engine/blobs/blob-entry'
import { blobRefsIn, type BlobRef } from '@/engine/blobs/blob-ref'
import type { Masker } from '@/engine/lm/keys/mask'
import { EngineError } from '@/engine/base/errors'
import { isUnderWay, type RunId } from '@/storage/records'
import { checkShape } from '@/engine/project/read-project'
import { distinctName } from '@/lib/distinct-name'
import { systemClock } from '@/lib/system-clock'
import { newId } from '@/lib/ids'
import { parseJson } from '@/lib/json'
import { addImportedRun } from '@/storage/add-run-record'
import { settleBlobs, storedBlobs } from '@/storage/blobs'
import { appVersion } from '@/lib/app-version'
import { getExampleSet } from '@/storage/example-sets'
import { answersOf, paidAnswers } from '@/storage/run-answers'
import { getProject } from '@/storage/projects'
import { listRollouts } from '@/storage/rollouts'
import { listRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import { parseRunFile, runFileVersion, type RunFile } from '@/storage/run-file'
import { getRun, listRuns } from '@/storage/runs'
import type { ImportedRun } from './api'
import { createAnswerMasker, maskedRun } from './masked-run'

/**
 * A run as one JSON file, without keys. It is put together list by list: a long run makes a text that no browser should have to hold twice. The
 * answers come first: where a key stood in a request, its answer goes under another name, which the lists behind it are to use.
 */
export async function exportRun(runId: RunId, masker: Masker): Promise<Blob> {
  const stored = await getRun(runId)
  if (!stored) throw new EngineError('not-found', 'This run is no longer stored in this browser.', { runId })
  const { data } = stored.spec
  const { run, train, val } = maskedRun(stored, { train: await getExampleSet(data.train), val: await getExampleSet(data.val) }, masker)
  const calls = await listRunCalls(runId)
  const head = { format: 'dspy-studio-run', schemaVersion: runFileVersion, appVersion, run } satisfies Partial<RunFile>
  const parts = [JSON.stringify(head).slice(0, -1)]
  const named = new Map<string, BlobRef>()
  const note = (...values: readonly unknown[]): void => {
    for (const ref of blobRefsIn(...values)) named.set(ref.$blob, ref)
  }
  note(stored)

  parts.push(',\n"answers":[')
  let isFirst = true
  const clean = createAnswerMasker(masker)
  // Those that a killed run paid for and had no time to note are needed where it is taken up again.
  const keys = new Set([...calls.map(call => call.key), ...(await paidAnswers(runId)).map(call => call.key)])
  for await (const found of answersOf(runId, [...keys])) {
    const answers = found.map(clean.answer).filter(answer => answer !== undefined)
    if (answers.length === 0) continue
    note(answers)
    parts.push(`${isFirst ? '' : ','}\n${answers.map(answer => JSON.stringify(answer)).join(',\n')}`)
    isFirst = false
  }
  parts.push(']')

  const renamedCalls = new Map(clean.record(calls).map(call => [call.key, call]))
  const lists = {
    train,
    val,
    events: clean.record(await listEvents(runId)),
    rollouts: clean.record(await listRollouts(runId)),
    calls: [...renamedCalls.values()],
  } satisfies Partial<RunFile>
  note(lists)
  for (const [name, list] of Object.entries(lists)) parts.push(`,\n${JSON.stringify(name)}:`, ...listText(list))
  parts.push(',\n"blobs":[')
  isFirst = true
  for await (const entry of blobEntriesOf(storedBlobs, [...named.values()])) {
    parts.push(`${isFirst ? '' : ','}\n${JSON.stringify(entry)}`)
    isFirst = false
  }
  parts.push(']}\n')
  return new Blob(parts, { type: 'application/json' })
}

/**
 * Stores an exported run under a new id in a project, where it can be looked at, replayed and resumed. Its answers stay with it: none of
 * them ever answers another run. All of it is stored, or nothing.
 */
export async function importRun(projectId: string, file: Blob): Promise<ImportedRun> {
  if (!(await getProject(projectId))) throw new EngineError('not-found', 'This project is no longer stored in this browser.', { projectId })
  const json = parseJson(await file.text())
  if (!json.ok) throw new EngineError('project-invalid', `This file is not a run: it is not valid JSON (${json.reason}).`)
  checkShape(json.value)
  const { file: read, leftOut } = parseRunFile(json.value)
  const values = [read.run, read.train, read.val, read.events, read.rollouts, read.answers]
  const files = await takeBlobs(storedBlobs, { entries: read.blobs, values })
  try {
    const runId = await storeRun(projectId, read)
    return { runId, answers: read.answers.length, leftOut, missingFiles: files.missing.length }
  } finally {
    await settleBlobs(files.refs)
  }
}

async function storeRun(projectId: string, { run, ...record }: RunFile): Promise<RunId> {
  const id = newId('run')
  const ended = !isUnderWay(run.status) ? {} : { status: 'stopped' as const, finish: 'It was still under way when it was exported.' }
  const title = distinctName(
    run.title,
    (await listRuns(projectId)).runs.map(other => other.title),
  )
  // Whoever takes it over raises the epoch; how high it was elsewhere says nothing here.
  await addImportedRun({ ...run, ...ended, id, projectId, title, epoch: 1, importedAt: systemClock.date() }, record)
  return id
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
