import { pythonRandom, type Rng } from '@/lib/rng'
import { mean } from '@/lib/stats'
import { workPool } from '@/lib/work-pool'
import { isEngineError } from '../../base/errors'
import type { Example } from '../../base/example'
import { summarize } from '../../evaluate/aggregate'
import { asideAdapter } from '../../adapters/registry'
import { allowedErrors, evaluateExamples } from '../../evaluate/evaluate'
import { rollOut, type Scoring } from '../../evaluate/roll-out'
import type { Rollout } from '../../evaluate/rollout'
import type { ExecuteContext, NodeEvent, StreamTold } from '../../graph/execute-context'
import { predictorsOf } from '../../graph/predictors'
import { jsonFallbackOf } from '../../program/json-fallback'
import type { ModelId, Program, ProgramState, ProgramGraph } from '../../program/program'
import type { Lm, ModelSpec } from '../../lm/lm'
import type { Places } from '../../lm/places'
import type { Metric } from '../../metrics/metric'
import { asksJudge } from '../../metrics/registry'
import { embeddingFormat, poolVectors } from '../../modules/embedded-demos'
import { inputNames } from '../../modules/nearest-demos'
import type { RecordCall } from '../../modules/recorded-call'
import { createAsker, modelFor as modelOfRole } from './asker'
import type { CallLog, CallPlace } from '../recording/call-log'
import type { RolloutOptions, RunContext, Trial } from '../../optimizers/kit/run-context'
import type { RunEvent, StageId } from '../../record/events'
import type { CandidateId } from '../../program/program'
import { candidateIdOf } from '../base/candidate-id'
import type { PauseGate } from '../base/gate'
import { modelById } from '../plan/models-of'
import type { RunPorts } from '../base/ports'
import type { createToolCalls } from '../recording/tool-calls'
import type { Recorder } from '../recording/recorder'
import { rowJudge } from './row-judge'
import { createScoreboard, type Scoreboard } from './scoreboard'
import type { RunModels, RunSpec } from '../../record/spec'
import type { SpanCall } from '../../trace/span'

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
  readonly toolCalls: ReturnType<typeof createToolCalls>
}

/** Told of each rollout when it ends. */
interface BatchOptions extends RolloutOptions {
  readonly onRollout?: (rollout: Rollout, index: number) => void
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
  /** The student's graph where no other is given. */
  runBatch(state: ProgramState, examples: readonly Example[], options: RolloutOptions, graph?: ProgramGraph): Promise<RolloutBatch>
  candidateId(state: ProgramState, graph?: ProgramGraph): CandidateId
  evaluate(state: ProgramState, graph?: ProgramGraph): AsyncGenerator<RunEvent, number>
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
  const underWay = new Set<Promise<unknown>>()
  const rng = (purpose: string): Rng => pythonRandom(spec.seed).fork(purpose)
  let nextBatch = 0
  let stage: StageId = spec.kind

  const candidateId = (state: ProgramState, graph: ProgramGraph = student.graph): CandidateId =>
    candidateIdOf({ graph, state }, student.graph)

  async function runBatch(
    state: ProgramState,
    examples: readonly Example[],
    wanted: BatchOptions,
    graph: ProgramGraph = student.graph,
  ): Promise<RolloutBatch> {
    signal.throwIfAborted()
    const batch = nextBatch++
    const about = { batch, candidate: candidateId(state, graph), stage, purpose: wanted.purpose }
    const context = sharedContext(options, wanted)
    const roll = (example: Example): Promise<Rollout> => {
      const ownState = wanted.stateFor?.(example) ?? state
      const place = { purpose: wanted.purpose, role: wanted.role ?? 'task', batch, exampleId: example.id }
      const onCall: ExecuteContext['onCall'] = (predictor, call, isAnswered) =>
        options.callLog.add({ ...place, ...asideOf(call, spec.models) }, predictor, call, isAnswered)
      const keep = options.toolCalls({ batch, example: example.id, purpose: wanted.purpose })
      const { tools: host } = options.ports
      const tools = { keep, ...(host && { host }) }
      return piece(() => {
        const scoring = scoringOf(wanted, { batch, exampleId: example.id })
        return rollOut({ graph, state: ownState }, example, { ...context, onCall, tools }, scoring)
      })
    }
    const rollouts = await evaluateExamples(examples, roll, {
      pool,
      signal,
      maxErrors: wanted.maxErrors ?? allowedErrors(spec, examples.length),
      ...(wanted.isOnTrial && { isOnTrial: true }),
      onRollout: (rollout, index) => {
        wanted.onRollout?.(rollout, index)
        options.recorder.rollout({ ...about, index, rollout })
      },
    })
    options.callLog.settle(batch)
    return { batch, rollouts }
  }

  const hasJudge = options.metric !== undefined && asksJudge(spec.metric)

  function scoringOf({ traceToMetric = false }: RolloutOptions, row: { readonly batch: number; readonly exampleId: string }): Scoring {
    const { metric } = options
    if (metric === undefined) return {}
    if (!hasJudge) return { metric, traceToMetric }
    const model = modelOfRole(spec.models, 'judge')
    const record: RecordCall = (call, isAnswered) => callLog.add({ ...judging, ...row }, undefined, call, isAnswered)
    const judge = rowJudge({ model, lm: lmOf(model), graph: student.graph, signal, clock: options.ports.clock, record })
    return { metric, traceToMetric, judge }
  }

  /** One piece of work, begun once the run is not paused. It takes no place itself: its calls do. */
  function piece<T>(work: () => Promise<T>): Promise<T> {
    const running = begin(work)
    underWay.add(running)
    const forget = (): void => void underWay.delete(running)
    running.then(forget, forget)
    return running
  }

  async function begin<T>(work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    await options.gate.wait(signal)
    return work()
  }

  const { models } = spec
  const { lmOf, callLog } = options
  const asker = createAsker({
    models,
    jsonFallback: jsonFallbackOf(spec.graph),
    adapter: asideAdapter(spec.graph),
    lmOf,
    callLog,
    piece,
    signal,
    nextBatch: () => nextBatch++,
  })

  async function embedDemos(state: ProgramState): Promise<void> {
    for (const predictor of predictorsOf(student.graph)) {
      const { demos = [], nearest } = state[predictor.id] ?? {}
      const { embedder } = nearest ?? {}
      if (embedder === undefined) continue
      const batch = nextBatch++
      const model = modelById(spec.models, embedder)
      const record: RecordCall = (call, isAnswered) => callLog.add({ ...embedding, batch }, predictor.id, call, isAnswered)
      const about = { lm: lmOf(model), model, record }
      await piece(() => {
        const call = { signal, rollout: 0, purpose: embedding.purpose, predictor: predictor.id }
        return poolVectors(demos, inputNames(predictor.signature(state)), { ...about, call })
      })
      callLog.settle(batch)
    }
  }

  /** What the user set up has to work; what an optimizer made of it may be bad, and then scores badly. */
  const studentId = candidateId(student.state)
  const isCandidate = (candidate: string): boolean => candidate !== studentId

  async function* evaluate(state: ProgramState, graph: ProgramGraph = student.graph): AsyncGenerator<RunEvent, number> {
    const candidate = candidateId(state, graph)
    const known = board.scored(candidate)
    if (known) return known.summary.mean
    const kept = new Map<number, Rollout>()
    const add = (rollouts: readonly Pick<Rollout, 'score' | 'error'>[]) => {
      const scores = rollouts.map(({ score }) => score)
      const summary = summarize(rollouts, rng(`summary ${candidate}`))
      board.add({ candidate, state, ...(graph !== student.graph && { graph }), scores, summary })
      return { scores, summary }
    }
    const onRollout = (rollout: Rollout, index: number): void => void kept.set(index, rollout)
    const work = runBatch(state, val, { purpose: 'evaluate', isOnTrial: isCandidate(candidate), onRollout }, graph)
    const { batch, rollouts } = await work.catch((error: unknown) => {
      // What an evaluation has scored stays scored; a candidate of a compile is compared on all rows or not at all.
      const isWorthKeeping = spec.kind === 'evaluate' && [...kept.values()].some(({ score }) => score !== null)
      if (isWorthKeeping && isEngineError(error, 'too-many-errors')) add(val.map((_, index) => kept.get(index) ?? { score: null }))
      throw error
    })
    const { scores, summary } = add(rollouts)
    yield { type: 'fullset-score', candidate, batch, examples: val.map(({ id }) => id), scores, summary }
    return summary.mean
  }

  async function* trial(state: ProgramState, examples: readonly Example[], wanted: Partial<RolloutOptions> = {}) {
    const candidate = candidateId(state)
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
    candidateId,
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
    maxErrors: allowedErrors(spec, train.length),
    random: pythonRandom,
    candidateId: (state: ProgramState, graph?: ProgramGraph) => session.candidateId(state, graph),
    rollouts: async (state: ProgramState, examples: readonly Example[], options: RolloutOptions) =>
      (await session.runBatch(state, examples, options)).rollouts,
    evaluate: (state: ProgramState, graph?: ProgramGraph) => session.evaluate(state, graph),
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
/** What of the place of a call is another than that of its row. */
function asideOf({ format, reads }: SpanCall, { extraction }: RunModels): Partial<CallPlace> {
  if (format === embeddingFormat) return embedding
  return reads && extraction ? { role: 'extraction' } : {}
}

const judging = { purpose: 'judge', role: 'judge' } as const

function sharedContext({ spec, ports, lmOf, signal, recorder }: SessionOptions, wanted: RolloutOptions): ExecuteContext {
  const { extraction } = spec.models
  const common = modelOfRole(spec.models, wanted.role ?? 'task')
  const modelFor = (id: ModelId | undefined): { lm: Lm; model: ModelSpec } => {
    const model = id === undefined ? common : modelById(spec.models, id)
    return { lm: lmOf(model), model }
  }
  return {
    clock: ports.clock,
    runner: ports.runner,
    modelFor,
    ...(extraction && { extraction: { lm: lmOf(extraction), model: extraction } }),
    call: { signal, rollout: wanted.rollout ?? 0, purpose: wanted.purpose },
    ...(wanted.temperature !== undefined && { temperature: wanted.temperature }),
    ...(spec.kind === 'row' && { onNode: (event: NodeEvent) => recorder.meter(meterOf(event)) }),
    ...(spec.stream && { stream: { fields: spec.stream.fields, tell: (told: StreamTold) => recorder.meter({ type: 'stream', ...told }) } }),
  }
}

function meterOf(event: NodeEvent): Parameters<Recorder['meter']>[0] {
  if (event.type !== 'end') return { type: `node-${event.type}`, node: event.node }
  const { type: _type, ...rest } = event
  return { type: 'node-end', ...rest }
}
