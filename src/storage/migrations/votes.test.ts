import { describe, expect, it } from 'vitest'
import { checkGraph } from '@/engine/graph/check'
import type { Program, ProgramState } from '@/engine/program/program'
import { voteProgram } from '@/engine/modules/vote-program'
import { parseProjectFile } from '@/engine/project/read-project-file'
import { versionSchema, projectSchema } from '@/engine/project/project-schema'
import { journalEventSchema } from '@/engine/record/event-schema'
import type { JournalEvent, RolloutRecord } from '@/engine/record/events'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { emptyRunView, reduceRun } from '@/engine/run/view/reduce'
import { storyDigest } from '@/engine/run/story/story'
import { readDspyState } from '@/export/from-dspy-json'
import { canonicalJson } from '@/lib/canonical-json'
import type { JsonObject } from '@/lib/json'
import { luckyLm } from '@/testing/lucky-lm'
import { memoryDisk, memoryPorts, type MemoryDisk } from '@/testing/memory-ports'
import { oldJson, oldRecords } from '@/testing/old-ensembles'
import { toyRows } from '@/testing/toy-programs'
import { finish, toyRun, type ToyRun } from '@/testing/toy-run'
import type { StoreName } from '../db'
import { recordMigrator } from '../record-migrations'
import { parseRunFile } from '../run-file'
import { runRecordSchema, storedEventSchema, storedRolloutSchema } from '../record-schemas'
import type { RunRecord, StoredRunCall } from '../records'

const before = oldRecords()
const migrate = recordMigrator(2)
const after = before.map(([store, record]): readonly [StoreName, JsonObject] => [store, migrate(store, record)])

function of<T>(records: readonly (readonly [StoreName, JsonObject])[], store: StoreName, run?: string): readonly T[] {
  // The schemas below say that they are what they are taken for.
  return records.flatMap(([name, record]) =>
    name === store && (run === undefined || record['runId'] === run) ? [record as unknown as T] : [],
  )
}
const runOf = (id: string): RunRecord => {
  const run = of<RunRecord>(after, 'runs').find(each => each.id === id)
  if (run === undefined) throw new Error(id)
  return run
}
const eventsOf = (id: string): readonly JournalEvent[] =>
  of<JournalEvent & { runId: string }>(after, 'runEvents', id).map(({ runId: _runId, ...event }) => event)
const calls = of<StoredCall>(after, 'lmCalls')

/** The run as it stands in the old backup, ready to be taken up. */
function takenUp(id: string, events = eventsOf(id)): { readonly run: ToyRun; readonly disk: MemoryDisk } {
  const { spec } = runOf(id)
  const disk = memoryDisk()
  disk.events.push(...events)
  for (const call of calls) disk.calls.set(call.key, call)
  for (const call of of<StoredRunCall>(after, 'runCalls', id)) disk.runCalls.set(call.key, call)
  const { train, val } = spec.data
  const { data } = toyRun({ train: train.count, val: val.count })
  return { run: { spec, data }, disk }
}

/** The ensemble of the old project, put together from what was stored. */
const old = oldJson('project.json')['project'] as JsonObject
const oldProgram = { graph: old['graph'], state: old['state'] } as unknown as {
  readonly graph: Program['graph']
  readonly state: Readonly<Record<string, { ensemble: { members: readonly ProgramState[string][] } }>>
}
const members = [0, 1, 2].map((index): ProgramState =>
  Object.fromEntries(Object.entries(oldProgram.state).map(([id, { ensemble }]) => [id, ensemble.members[index] as ProgramState[string]])),
)
const vote = voteProgram(oldProgram.graph, members, 'majority')

describe('an ensemble of an older version', () => {
  it('is the program that the same members make today, ids included', () => {
    const { project, versions } = parseProjectFile(oldJson('project.json'))
    expect(canonicalJson({ graph: project.graph, state: project.state })).toBe(canonicalJson(vote))
    expect(checkGraph(project.graph)).toEqual([])
    expect(project.layout).toMatchObject({ in: { x: 0, y: 0 }, vote: { x: 450, y: 0 }, 'vote/m2/classify': { x: 600, y: 0 } })
    expect(project.mapping).toEqual(old['mapping'])
    // The version of before has the steps that the project had then.
    expect(versions.map(({ note, graph }) => [note, graph?.nodes.map(({ id }) => id)])).toEqual([
      ['Before the first apply', ['in', 'extract', 'classify', 'out']],
      ['Applied ensemble of 3', ['in', 'vote', 'out']],
    ])
    expect(versions[1]?.state).toEqual(vote.state)
  })

  it('leaves every record readable, and those that held none as they were', () => {
    const schemas: Partial<Record<StoreName, { safeParse(value: unknown): { success: boolean; error?: unknown } }>> = {
      projects: projectSchema,
      versions: versionSchema,
      runs: runRecordSchema,
      runEvents: storedEventSchema,
      rollouts: storedRolloutSchema,
    }
    for (const [store, record] of after) {
      const read = schemas[store]?.safeParse(record)
      expect({ store, id: record['id'], error: read?.error }).toEqual({ store, id: record['id'], error: undefined })
    }
    for (const { id } of of<RunRecord>(after, 'runs'))
      for (const event of eventsOf(id)) expect(journalEventSchema.safeParse(event).success).toBe(true)
    expect(canonicalJson(after)).not.toContain('"ensemble":{')
    const projects = of<JsonObject>(after, 'projects')
    const plain = of<JsonObject>(before, 'projects').find(({ id }) => id === 'project_c')
    expect(projects.find(({ id }) => id === 'project_c')).toEqual({ ...plain, schemaVersion: 2 })
    expect(of<JsonObject>(after, 'versions').filter(({ projectId }) => projectId === 'project_c')).toEqual(
      of<JsonObject>(before, 'versions').filter(({ projectId }) => projectId === 'project_c'),
    )
    // A project that went back from its ensemble keeps its steps; the version knows its own.
    expect(projects.find(({ id }) => id === 'project_b')).toMatchObject({ graph: oldProgram.graph })
    const [first, second] = of<JsonObject>(after, 'versions').filter(({ projectId }) => projectId === 'project_b')
    expect(first?.['graph']).toBeUndefined()
    expect(second?.['graph']).toEqual(vote.graph)
  })

  it('answers every row as it did, with the same calls', async () => {
    const { spec } = runOf('run_evaluated')
    expect(canonicalJson({ graph: spec.graph, state: spec.state })).toBe(canonicalJson(vote))
    const disk = memoryDisk()
    const lm = luckyLm(3)
    const outcome = await finish({ spec, data: { train: [], val: toyRows(9, 1000) } }, memoryPorts({ lm, disk }))
    expect(outcome).toMatchObject({ status: 'done' })
    const byRow = (records: readonly RolloutRecord[]) =>
      records
        .toSorted((a, b) => a.index - b.index)
        .map(({ rollout: { exampleId, prediction, score, trace } }) => ({
          exampleId,
          prediction,
          score,
          keys: trace.flatMap(span => span.calls.map(call => call.key)),
        }))
    expect(byRow([...disk.rollouts.values()])).toEqual(byRow(of<RolloutRecord>(before, 'rollouts', 'run_evaluated')))
    expect(lm.count).toBe(new Set(byRow([...disk.rollouts.values()]).flatMap(({ keys }) => keys)).size)
  })

  it('shows the rows that were run then as it shows those of today', async () => {
    const { spec } = runOf('run_evaluated')
    const disk = memoryDisk()
    await finish({ spec, data: { train: [], val: toyRows(9, 1000) } }, memoryPorts({ lm: luckyLm(3), disk }))
    const shapes = (records: readonly RolloutRecord[]) =>
      records
        .toSorted((a, b) => a.index - b.index)
        .map(({ rollout }) =>
          rollout.trace.map(({ id, parent, kind, node, predictor, name, calls: made }) => ({
            id,
            parent,
            kind,
            node,
            predictor,
            name,
            keys: made.map(call => call.key),
          })),
        )
    expect(shapes(of<RolloutRecord>(after, 'rollouts', 'run_evaluated'))).toEqual(shapes([...disk.rollouts.values()]))
  })
})

describe('a run of an older version', () => {
  it.each(['run_ensemble', 'run_evaluated'])('%s is replayed from its answers without a request and without a difference', async id => {
    const { run, disk } = takenUp(id)
    const lm = luckyLm(3)
    const outcome = await finish(run, memoryPorts({ lm, disk, offline: true }))
    expect({ status: outcome.status, divergence: outcome.divergence, asked: lm.count }).toEqual({
      status: 'done',
      divergence: undefined,
      asked: 0,
    })
    expect(outcome.digest).toBe(storyDigest(eventsOf(id)))
    expect(canonicalJson(outcome.result)).toBe(canonicalJson(runOf(id).result))
  })

  it('that was killed when its ensemble was proposed comes to the end of the run that was not', async () => {
    const { run, disk } = takenUp('run_killed')
    expect(eventsOf('run_killed').at(-1)).toMatchObject({ type: 'candidate-propose', how: 'ensemble', graph: vote.graph })
    const outcome = await finish(run, memoryPorts({ lm: luckyLm(3), disk }))
    expect(outcome.divergence).toBeUndefined()
    expect(outcome.digest).toBe(storyDigest(eventsOf('run_ensemble')))
    expect(canonicalJson(outcome.result?.best)).toBe(canonicalJson(runOf('run_ensemble').result?.best))
  })

  it('shows its ensemble as the program it is', () => {
    const view = eventsOf('run_ensemble').reduce(reduceRun, emptyRunView)
    const best = view.candidates.find(({ id }) => id === view.end?.result?.best?.candidate)
    expect(best).toMatchObject({ label: 'ensemble of 3', graph: vote.graph, state: vote.state })
    expect(view.candidates.filter(({ graph }) => graph !== undefined)).toHaveLength(1)
  })

  it('that began from an ensemble keeps what it found, each as the program it was', () => {
    const { spec, result } = runOf('run_again')
    expect(spec.graph).toEqual(vote.graph)
    const view = eventsOf('run_again').reduce(reduceRun, emptyRunView)
    const [baseline, ...others] = view.candidates
    expect(baseline).toMatchObject({ how: 'student', state: vote.state })
    expect(baseline?.graph).toBeUndefined()
    expect(others.length).toBeGreaterThan(0)
    // The step with locked instructions and open demos is one program again in what LabeledFewShot made of it.
    for (const { graph, state } of others) {
      expect(graph).toEqual(oldProgram.graph)
      expect(Object.keys(state).sort()).toEqual(['classify', 'extract'])
    }
    expect(result?.best?.state).toBeDefined()
  })
})

describe('a run file of an older version', () => {
  it.each([
    ['run.json', 'run_ensemble'],
    ['run-killed.json', 'run_killed'],
  ])('%s is the run that the database holds', (name, id) => {
    const { file, leftOut } = parseRunFile(oldJson(name))
    expect(leftOut).toEqual([])
    expect(file.run).toEqual(runOf(id))
    expect(file.events).toEqual(eventsOf(id))
    expect(file.rollouts).toEqual(of<RolloutRecord>(after, 'rollouts', id))
    // What is written today is read as it is.
    expect(parseRunFile(file as unknown as JsonObject)).toEqual({ file, leftOut: [] })
  })
})

describe('a DSPy file of an older version', () => {
  it('is read onto the program it was saved from, the best member and each of the others', () => {
    const files = oldJson('dspy.json')
    const plain: Program = { graph: oldProgram.graph, state: {} }
    const texts = ['state.json', 'member-1.json', 'member-2.json', 'member-3.json'].map(name => JSON.parse(String(files[name])))
    expect(texts.map(text => readDspyState(text, plain).state)).toEqual([members[0], ...members])
  })
})
