import { createMasker } from '@/engine/lm/keys/mask'
import 'fake-indexeddb/auto'
import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkGraph } from '@/engine/graph/check'
import { createConnector } from '@/engine/providers/connect'
import { promptFor } from '@/engine/graph/prompt'
import { predictorsOf } from '@/engine/graph/predictors'
import { runToVotes } from '@/engine/project/migrations/0002-votes'
import { projectSchemaVersion } from '@/engine/project/project'
import { parseProjectFile } from '@/engine/project/read-project-file'
import { emptyRunView, reduceRun } from '@/engine/run/view/reduce'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { replayRun } from '@/engine/run/replay'
import { startRun } from '@/engine/run/run'
import { storyDigest } from '@/engine/run/story/story'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { systemClock } from '@/lib/system-clock'
import { makeBackup, restoreBackup } from '@/storage/backup'
import { storageVersion } from '@/storage/change-notices'
import { closeDatabase, database, useDatabase, type StoreName } from '@/storage/db'
import { getDataset, readRows } from '@/storage/datasets'
import { getExampleSet } from '@/storage/example-sets'
import { getCall } from '@/storage/lm-calls'
import { answerOf } from '@/storage/run-answers'
import { getProject, listProjects } from '@/storage/projects'
import { listQuarantine } from '@/storage/quarantine'
import type { RunRecord } from '@/storage/records'
import { parseRunFile } from '@/storage/run-file'
import { listRollouts } from '@/storage/rollouts'
import { failedRunCalls, listRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import { getRun, listRuns, takeRun } from '@/storage/runs'
import { listVersions } from '@/storage/versions'
import { plantDatabase, writtenBody, writtenDatabase, writtenEnds, writtenModel, writtenText, type WrittenEnd } from '@/testing/written'
import { exportProject, importProject } from './project-files'
import { importRun } from './run-files'
import { spendingBook, spentEarlier, storedCalls, storedJournal } from './run-stores'

const name = 'written-before'
const then = writtenDatabase()
const { ends, later, finished } = writtenEnds()
const killed = Object.entries(ends)

beforeEach(async () => {
  await useDatabase(name)
  await deleteDB(name)
})
afterEach(async () => {
  await closeDatabase()
  await deleteDB(name)
})

describe('a database of 22 November 2026', () => {
  beforeEach(() => plantDatabase(then, name))

  it('opens at the version of today, with every record readable', async () => {
    const open = await database()
    expect(open.version).toBe(storageVersion)
    const { projects } = await listProjects()
    expect(projects).toHaveLength(recordsOf('projects').length)
    for (const project of projects) {
      expect(checkGraph(project.graph).filter(({ severity }) => severity === 'error')).toEqual([])
      const dataset = project.datasetId === undefined ? undefined : await getDataset(project.datasetId)
      expect(await readRows(dataset?.id ?? '')).toHaveLength(dataset?.rowCount ?? -1)
      for (const run of (await listRuns(project.id)).runs) await expectWhole(run)
    }
    const runs = (await Promise.all(projects.map(async ({ id }) => (await listRuns(id)).runs))).flat()
    expect(runs).toHaveLength(recordsOf('runs').length)
    const versions = (await Promise.all(projects.map(({ id }) => listVersions(id)))).flat()
    expect(versions).toHaveLength(recordsOf('versions').length)
    for (const call of recordsOf('lmCalls')) expect(await getCall(String(call['key']))).toBeDefined()
    expect(await listQuarantine()).toEqual([])
  })

  it('has runs of every optimizer and of every end', async () => {
    const runs = recordsOf('runs') as unknown as readonly RunRecord[]
    expect(new Set(runs.flatMap(({ spec, status }) => (status === 'done' && spec.optimizer ? [spec.optimizer.id] : []))).size).toBe(11)
    expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['done', 'running', 'capped', 'stopped', 'failed']))
    expect(new Set(runs.map(({ kind }) => kind))).toEqual(new Set(['compile', 'evaluate', 'row']))
  })

  it.each(
    recordsOf('runs')
      .filter(({ status }) => status === 'done')
      .map(run => [String(run['title']), String(run['id'])]),
  )('%s (%s) is replayed from its record to the same digest, and nothing is sent', async (_title, id) => {
    const run = await storedRun(id)
    // A run that holds a vote now has other words for it in its events than when its digest was taken.
    const digest = run.spec.optimizer?.id === 'ensemble' ? storyDigest(await listEvents(id)) : run.digest
    expect(await replayed(run)).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest })
  })

  it.each(['gepa', 'knn', 'ensemble', 'sandbox'])('the run killed as "%s" is resumed to the end it had then', async kill => {
    const end = ends[kill]
    if (!end) throw new Error(`${kill} is not on record`)
    const { outcome, model } = await resumed(end.runId)
    expect(model.unknown).toEqual([])
    // What found a vote has other words for it now, and so another digest; that it is the same run, the result says.
    expect(outcome).toMatchObject({ status: 'done', result: endNow(end), ...(kill !== 'ensemble' && { digest: end.digest }) })
    const { answered, inputTokens, outputTokens, cost } = end.totals
    expect(outcome.totals).toMatchObject({ answered, inputTokens, outputTokens, cost: expect.closeTo(cost, 9) })
    expect(storyDigest(await listEvents(end.runId))).toBe(outcome.digest)
  })

  it.each(killed)('the run killed as "%s" is resumed without leaving its record or paying for an answer again', async (_name, end) => {
    const before = await storedRun(end.runId)
    expect(before.status).toBe('running')
    const events = await listEvents(end.runId)
    const count = await (await database()).count('lmCalls')
    const { outcome, paidBefore } = await resumed(end.runId)
    expect(outcome).toMatchObject({ status: 'done' })
    expect(outcome.divergence).toBeUndefined()
    // Each request brought an answer that was not there.
    expect(await (await database()).count('lmCalls')).toBe(count + outcome.totals.calls - paidBefore)
    expect((await listEvents(end.runId)).slice(0, events.length)).toEqual(events)
    expect(await replayed(await storedRun(end.runId))).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest: outcome.digest })
  })
})

describe('a backup of 22 November 2026', () => {
  it('comes back whole into an empty browser', async () => {
    expect(await restoreBackup(new Blob([writtenText('workspace.backup.jsonl')]))).toMatchObject({ damaged: 0 })
    const open = await database()
    const counts = Object.keys(then.stores).map(async store => [store, await open.count(store as StoreName)])
    expect(Object.fromEntries(await Promise.all(counts))).toEqual(countsThen())
    for (const { runId } of Object.values(ends)) await expectWhole(await storedRun(runId))
    const run = await storedRun(finished)
    expect(await replayed(run)).toMatchObject({ isSame: true, calls: 0, digest: run.digest })
    expect(await listQuarantine()).toEqual([])
    expect((await restoreBackup(await makeBackup(1))).damaged).toBe(0)
  })

  it('can be taken up where a run of it was killed', async () => {
    await restoreBackup(new Blob([writtenText('workspace.backup.jsonl')]))
    const [, end] = killed[0] ?? []
    const { outcome, model } = await resumed(end?.runId ?? '')
    expect(model.unknown).toEqual([])
    expect(outcome).toMatchObject({ status: 'done', digest: end?.digest })
  })
})

describe('a run file of 22 November 2026', () => {
  const into = async (): Promise<string> => importProject(fileOf('project-support-triage.json'))

  it('opens and is replayed to its digest', async () => {
    const { runId, leftOut } = await importRun(await into(), new Blob([writtenText('run-finished.json')]))
    expect(leftOut).toEqual([])
    const run = await storedRun(runId)
    await expectWhole(run)
    expect(run.status).toBe('done')
    expect(await replayed(run)).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest: run.digest })
  })

  it('of a run that was killed opens, shows what it did, and is resumed to the same end without paying again', async () => {
    const { runId } = await importRun(await into(), new Blob([writtenText('run-unfinished.json')]))
    await expectWhole(await storedRun(runId))
    // Answers that had come and were not noted when the tab was closed are in the browser alone.
    const { outcome, model } = await resumed(runId, recordsOf('lmCalls') as unknown as readonly StoredCall[])
    expect(outcome).toMatchObject({ status: 'done', digest: ends['gepa']?.digest, result: ends['gepa']?.result })
    const kept = new Set(await Promise.all(parseRunFile(fileOf('run-unfinished.json')).file.answers.map(writtenBody)))
    expect(kept.size).toBeGreaterThan(20)
    expect(model.asked.filter(body => kept.has(body))).toEqual([])
  })
})

describe('a project file of 22 November 2026', () => {
  it.each(['support-triage', 'word-problems', 'incident-routing'])(
    '%s opens with its program as it was, and goes out again',
    async template => {
      const file = parseProjectFile(fileOf(`project-${template}.json`))
      expect(checkGraph(file.project.graph).filter(({ severity }) => severity === 'error')).toEqual([])
      for (const predictor of predictorsOf(file.project.graph)) {
        const inputs = Object.fromEntries(predictor.signature(file.project.state).fields.map(field => [field.name, 'x']))
        expect(promptFor(file.project, predictor.id, inputs).length).toBeGreaterThan(1)
      }
      const project = await getProject(await importProject(fileOf(`project-${template}.json`)))
      if (!project) throw new Error('the project does not open')
      const again = await exportProject(project, createMasker([]))
      expect(again.versions.map(({ state }) => state)).toEqual(file.versions.map(({ state }) => state))
      expect(again.project).toMatchObject({ state: file.project.state, graph: file.project.graph })
    },
  )

  it.each(['support-triage', 'word-problems'])('%s is read to the letter', template => {
    const json = fileOf(`project-${template}.json`)
    const now = { schemaVersion: projectSchemaVersion }
    expect(JSON.parse(JSON.stringify(parseProjectFile(json)))).toEqual({
      ...json,
      ...now,
      project: { ...objectOf(json['project']), ...now },
    })
  })

  it('has the code, the neighbours and the ensemble that compiling left in them', () => {
    const text = ['word-problems', 'incident-routing'].map(one => writtenText(`project-${one}.json`)).join('\n')
    for (const part of ['"kind":"code"', '"nearest":', '"ensemble":']) expect(text.replaceAll(/:\s+/g, ':')).toContain(part)
  })
})

function fileOf(name: string): JsonObject {
  const read = parseJson(writtenText(name))
  if (!read.ok) throw new Error(read.reason)
  return objectOf(read.value)
}

function objectOf(value: Json | undefined): JsonObject {
  if (value === undefined || !isJsonObject(value)) throw new Error('not an object')
  return value
}

/** How the old version ended a run, in the words of today: an ensemble it found is a vote. */
function endNow({ runId, result }: WrittenEnd): Json | undefined {
  const run = recordsOf('runs').find(({ id }) => id === runId)
  return runToVotes(objectOf(JSON.parse(JSON.stringify({ ...run, result })))).run['result']
}

/** Records of each store; a backup leaves out what is of the browser alone. */
function countsThen(): Readonly<Record<string, number>> {
  const counts = Object.entries(then.stores).map(([store, { records }]) => [store, store === 'quarantine' ? 0 : records.length])
  return Object.fromEntries(counts)
}

function recordsOf(store: string) {
  return then.stores[store]?.records ?? []
}

async function storedRun(id: string): Promise<RunRecord> {
  const run = await getRun(id)
  if (!run) throw new Error(`the run ${id} does not open`)
  return run
}

/** What the run's page shows is there: rows, events, rollouts with their traces, and the answer behind each call. */
async function expectWhole(run: RunRecord): Promise<void> {
  const { train, val } = run.spec.data
  expect(await getExampleSet(train)).toHaveLength(train.count)
  expect(await getExampleSet(val)).toHaveLength(val.count)
  const events = await listEvents(run.id)
  expect(events.length).toBeGreaterThan(0)
  const view = events.reduce(reduceRun, emptyRunView)
  expect(view.end?.result?.best).toEqual(run.status === 'done' ? run.result?.best : view.end?.result?.best)
  const rollouts = await listRollouts(run.id)
  expect(Math.min(rollouts.length, 1)).toBeGreaterThanOrEqual(Math.min(run.totals.answered, 1))
  const keys = rollouts.flatMap(({ rollout }) => rollout.trace.flatMap(({ calls }) => calls.map(({ key }) => key)))
  const recorded = await listRunCalls(run.id)
  const known = new Set(recorded.map(({ key }) => key))
  expect(keys.filter(key => !known.has(key))).toEqual([])
  const answered = recorded.filter(({ error }) => error === undefined)
  expect(await Promise.all(answered.map(({ key }) => answerOf(run.id, key)))).not.toContain(undefined)
}

async function replayed(run: RunRecord) {
  const [train, val, events, failedCalls, runner] = await Promise.all([
    getExampleSet(run.spec.data.train),
    getExampleSet(run.spec.data.val),
    listEvents(run.id),
    failedRunCalls(run.id),
    createQuickJsRunner(),
  ])
  try {
    const connect = createConnector({ fetch: noNetwork, clock: systemClock, authorize: async () => undefined })
    return await replayRun(
      run.spec,
      { train, val },
      { events, failedCalls, calls: { get: key => answerOf(run.id, key) } },
      { clock: systemClock, runner, connect },
    )
  } finally {
    runner.dispose()
  }
}

/** Takes a stored run up as the worker does, at a model that gives the answers of that time and no others. */
async function resumed(runId: string, answers: readonly StoredCall[] = []) {
  const model = writtenModel([...later, ...answers])
  const record = await takeRun(runId, Date.now())
  const { spec } = record
  const [train, val, journal, calls, before, runner] = await Promise.all([
    getExampleSet(spec.data.train),
    getExampleSet(spec.data.val),
    storedJournal(record, systemClock),
    storedCalls(record, true),
    spentEarlier(record),
    createQuickJsRunner(),
  ])
  const fetch: typeof globalThis.fetch = (_url, init) => model.reply(String(init?.body))
  const ports = {
    clock: systemClock,
    calls,
    runner,
    journal,
    connect: createConnector({ fetch, clock: systemClock, authorize: async () => undefined }),
    spentBefore: before.totals,
    capsBefore: before.caps,
    noteSpend: spendingBook(record),
  }
  try {
    const outcome = await startRun(spec, { train, val }, ports, () => undefined).done
    return { outcome, model, paidBefore: before.totals.calls }
  } finally {
    runner.dispose()
  }
}

const noNetwork: typeof globalThis.fetch = () => Promise.reject(new Error('a replay sends nothing'))
