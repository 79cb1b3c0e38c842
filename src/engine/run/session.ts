import { pythonRandom, type Rng } from '@/lib/rng'
import { mean } from '@/lib/stats'
import { workPool } from '@/lib/work-pool'
import type { Example } from '../base/example'
import { summarize } from '../evaluate/aggregate'
import { evaluateExamples } from '../evaluate/evaluate'
import { rollOut, type Scoring } from '../evaluate/roll-out'
import type { Rollout } from '../evaluate/rollout'
import { stateHash } from '../graph/default-state'
import type { ExecuteContext, NodeEvent } from '../graph/execute-context'
import { predictorsOf } from '../graph/predictors'
import { jsonFallbackOf } from '../program/json-fallback'
import type { ModelId, Program, ProgramState } from '../program/program'
import type { Lm, ModelSpec } from '../lm/lm'
import type { Places } from '../lm/places'
import type { Metric } from '../metrics/metric'
import { asksJudge } from '../metrics/registry'
import { embeddingFormat, poolVectors } from '../modules/embedded-demos'
import { inputNames } from '../modules/nearest-demos'
import type { RecordCall } from '../modules/recorded-call'
import { createAsker, modelFor as modelOfRole } from './asker'
import type { CallLog } from './recording/call-log'
import type { RolloutOptions, RunContext, Trial } from '../optimizers/run-context'
import type { RunEvent, StageId } from '../record/events'
import type { PauseGate } from './gate'
import { modelById } from './plan/models-of'
import type { RunPorts } from './ports'
import type { Recorder } from './recording/recorder'
import { rowJudge } from './row-judge'
import { createScoreboard, type Scoreboard } from './story/scoreboard'
import { childSignals } from './signals'
import type { RunSpec } from '../record/spec'

export interface SessionOptions {
  readonly spec: RunSpec
  readonly student: Program
  readonly train: readonly Example[]
  readonly val: readonly Example[]
  /** How many rows the run had before its optimizer took its share. */
  readonly given: RunContext<unknown>['given']
  readonly ports: RunPorts
  readonly metric: Metric | undefined
  readonly lmOf: (model: ModelSpec) => Lm
  /** Of the run's calls: how many rows are begun follows from how many calls can be under way. */
  readonly places: Pick<Places, 'atOnce'>
  readonly signal: AbortSignal
  readonly gate: PauseGate
  readonly recorder: Recorder
  readonly callLog: CallLog
}

/** A batch of rollouts and its number in the run. */
export interface RolloutBatch {
  readonly batch: number
  readonly rollouts: readonly Rollout[]
}

/** What a story of a run works with: rows in, scored rollouts out, everything recorded on the way. */
export interface Session {
  readonly spec: RunSpec
  readonly student: Program
  readonly train: readonly Example[]
  readonly val: readonly Example[]
  readonly given: RunContext<unknown>['given']
  readonly board: Scoreboard
  readonly signal: AbortSignal
  readonly ask: RunContext<unknown>['ask']
  readonly askText: RunContext<unknown>['askText']
  readonly embedDemos: RunContext<unknown>['embedDemos']
  /** A stream of its own for a named purpose. */
  rng(purpose: string): Rng
  runBatch(state: ProgramState, examples: readonly Example[], options: RolloutOptions): Promise<RolloutBatch>
  evaluate(state: ProgramState): AsyncGenerator<RunEvent, number>
  trial(state: ProgramState, examples: readonly Example[], options?: Partial<RolloutOptions>): AsyncGenerator<RunEvent, Trial>
  /** Follows the stages, so that each rollout is filed under the one it ran in. */
  enterStage(stage: StageId): void
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>
}

export function createSession(options: SessionOptions): Session {
  const { spec, student, train, val, signal } = options
  const board = createScoreboard()
  const pool = workPool(() => rolloutsFor(options.places.atOnce))
  const signals = childSignals(signal)
  const underWay = new Set<Promise<unknown>>()
  const rng = (purpose: string): Rng => pythonRandom(spec.seed).fork(purpose)
  let nextBatch = 0
  let stage: StageId = spec.kind

  async function runBatch(state: ProgramState, examples: readonly Example[], wanted: RolloutOptions): Promise<RolloutBatch> {
    signal.throwIfAborted()
    const batch = nextBatch++
    const about = { batch, candidate: stateHash(state), stage, purpose: wanted.purpose }
    const context = sharedContext(options, wanted)
    const roll = (example: Example): Promise<Rollout> => {
      const ownState = wanted.stateFor?.(example) ?? state
      const place = { purpose: wanted.purpose, role: wanted.role ?? 'task', batch, exampleId: example.id }
      const onCall: ExecuteContext['onCall'] = (predictor, call, isAnswered) =>
        options.callLog.add(call.format === embeddingFormat ? { ...place, ...embedding } : place, predictor, call, isAnswered)
      return piece(own => {
        const call = { ...context.call, signal: own }
        const scoring = scoringOf(wanted, { batch, exampleId: example.id, signal: own })
        return rollOut({ graph: student.graph, state: ownState }, example, { ...context, call, onCall }, scoring)
      })
    }
    const rollouts = await signals.with(own =>
      evaluateExamples(examples, roll, {
        pool,
        signal: own,
        maxErrors: wanted.maxErrors ?? spec.maxErrors,
        ...(wanted.isOnTrial && { isOnTrial: true }),
        onRollout: (rollout, index) => options.recorder.rollout({ ...about, index, rollout }),
      }),
    )
    options.callLog.settle(batch)
    return { batch, rollouts }
  }

  const hasJudge = options.metric !== undefined && asksJudge(spec.metric)

  function scoringOf(
    { traceToMetric = false }: RolloutOptions,
    { signal: own, ...row }: { readonly batch: number; readonly exampleId: string; readonly signal: AbortSignal },
  ): Scoring {
    const { metric } = options
    if (metric === undefined) return {}
    if (!hasJudge) return { metric, traceToMetric }
    const model = modelOfRole(spec.models, 'judge')
    const record: RecordCall = (call, isAnswered) => callLog.add({ ...judging, ...row }, undefined, call, isAnswered)
    const judge = rowJudge({ model, lm: lmOf(model), graph: student.graph, signal: own, clock: options.ports.clock, record })
    return { metric, traceToMetric, judge }
  }

  /** One piece of work, begun once the run is not paused. It takes no place itself: its calls do. */
  function piece<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const running = signals.with(async own => {
      await options.gate.wait(own)
      return work(own)
    })
    underWay.add(running)
    const forget = (): void => void underWay.delete(running)
    running.then(forget, forget)
    return running
  }

  const { models } = spec
  const { lmOf, callLog } = options
  const asker = createAsker({ models, jsonFallback: jsonFallbackOf(spec.graph), lmOf, callLog, piece, nextBatch: () => nextBatch++ })

  async function embedDemos(state: ProgramState): Promise<void> {
    for (const predictor of predictorsOf(student.graph)) {
      const { demos = [], nearest } = state[predictor.id] ?? {}
      const { embedder } = nearest ?? {}
      if (embedder === undefined) continue
      const batch = nextBatch++
      const model = modelById(spec.models, embedder)
      const record: RecordCall = (call, isAnswered) => callLog.add({ ...embedding, batch }, predictor.id, call, isAnswered)
      const about = { lm: lmOf(model), model, record }
      await piece(own => {
        const call = { signal: own, rollout: 0, purpose: embedding.purpose, predictor: predictor.id }
        return poolVectors(demos, inputNames(predictor.signature(state)), { ...about, call })
      })
      callLog.settle(batch)
    }
  }

  /** What the user set up has to work; what an optimizer made of it may be bad, and then scores badly. */
  const studentId = stateHash(student.state)
  const isCandidate = (candidate: string): boolean => candidate !== studentId

  async function* evaluate(state: ProgramState): AsyncGenerator<RunEvent, number> {
    const candidate = stateHash(state)
    const known = board.scored(candidate)
    if (known) return known.summary.mean
    const { batch, rollouts } = await runBatch(state, val, { purpose: 'evaluate', isOnTrial: isCandidate(candidate) })
    const scores = rollouts.map(({ score }) => score)
    const summary = summarize(rollouts, rng(`summary ${candidate}`))
    board.add({ candidate, state, scores, summary })
    yield { type: 'fullset-score', candidate, batch, examples: val.map(({ id }) => id), scores, summary }
    return summary.mean
  }

  async function* trial(state: ProgramState, examples: readonly Example[], wanted: Partial<RolloutOptions> = {}) {
    const candidate = stateHash(state)
    const { batch, rollouts } = await runBatch(state, examples, { purpose: 'trial', isOnTrial: isCandidate(candidate), ...wanted })
    const scores = rollouts.map(({ score }) => score)
    const event: RunEvent = { type: 'minibatch-score', candidate, batch, examples: examples.map(({ id }) => id), scores }
    yield event
    return { rollouts, scores, mean: mean(scores.filter(score => score !== null)) }
  }

  return {
    ...asker,
    spec,
    student,
    train,
    val,
    given: options.given,
    board,
    signal,
    rng,
    runBatch,
    evaluate,
    trial,
    embedDemos,
    enterStage(next) {
      stage = next
    },
    async settled() {
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
  }
}

/** What an optimizer may see of a session. */
export function optimizerContext<P>(session: Session, params: P): RunContext<P> {
  const { spec, student, train, val, given, signal, board, ask, askText, embedDemos } = session
  return Object.freeze({
    params,
    student,
    trainset: train,
    valset: val,
    given,
    seed: spec.seed,
    signal,
    maxErrors: spec.maxErrors,
    random: pythonRandom,
    candidateId: stateHash,
    rollouts: async (state: ProgramState, examples: readonly Example[], options: RolloutOptions) =>
      (await session.runBatch(state, examples, options)).rollouts,
    evaluate: (state: ProgramState) => session.evaluate(state),
    fullScores: (candidate: string) => board.scored(candidate)?.scores,
    trial: (state: ProgramState, examples: readonly Example[], options?: Partial<RolloutOptions>) =>
      session.trial(state, examples, options),
    ...(spec.models.embedding && { embedder: spec.models.embedding.id }),
    ask,
    askText,
    embedDemos,
  })
}

/**
 * Rollouts that may be open at once. Some more than there are places, so that one is waiting whenever a row computes something between
 * two calls; not many more, or a run that ends early would leave all of its rows half done.
 */
function rolloutsFor(places: number): number {
  return places + Math.floor(places / 4)
}

const embedding = { purpose: 'embed', role: 'embedding' } as const
const judging = { purpose: 'judge', role: 'judge' } as const

function sharedContext({ spec, ports, lmOf, signal, recorder }: SessionOptions, wanted: RolloutOptions): ExecuteContext {
  const common = modelOfRole(spec.models, wanted.role ?? 'task')
  const modelFor = (id: ModelId | undefined): { lm: Lm; model: ModelSpec } => {
    const model = id === undefined ? common : modelById(spec.models, id)
    return { lm: lmOf(model), model }
  }
  return {
    clock: ports.clock,
    sandbox: ports.sandbox,
    modelFor,
    call: { signal, rollout: wanted.rollout ?? 0, purpose: wanted.purpose },
    ...(wanted.temperature !== undefined && { temperature: wanted.temperature }),
    ...(spec.kind === 'row' && { onNode: (event: NodeEvent) => recorder.meter(meterOf(event)) }),
  }
}

function meterOf(event: NodeEvent): Parameters<Recorder['meter']>[0] {
  if (event.type === 'start') return { type: 'node-start', node: event.node }
  const { type: _type, ...rest } = event
  return { type: 'node-end', ...rest }
}
