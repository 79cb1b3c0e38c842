import { EngineError, errorToJson, isEngineError, type ErrorJson } from '../base/errors'
import { dateOf } from '../base/clock'
import { completeState } from '../graph/default-state'
import { typesOfOutputs } from '../graph/ports'
import { answersToGiveUp, createAnswerReading } from '../lm/answer-reading'
import { createBudget } from '../lm/sending/budget'
import type { CallStore } from '../lm/kept/call-store'
import { cleanAnswer } from '../lm/kept/clean-answer'
import { createPlaces } from '../lm/places'
import type { CallKey, LmWait } from '../lm/lm'
import { nothingSpent, type SpendNote } from '../lm/spend'
import type { Metric } from '../metrics/metric'
import { bindMetric, metricLabels } from '../metrics/registry'
import { bindingFailures, createCallLog } from './recording/call-log'
import { compileStory, type ReadyOptimizer } from './story/compile-story'
import { drive } from './drive'
import { optimizerOf, planOfRun, rowsOfRun } from './plan/estimate'
import type { RunEvent } from '../record/events'
import { pauseGate } from './base/gate'
import { patiently, patientStore } from './recording/patient-store'
import type { LiveStatus, RunCommand, RunHandle, RunListener, RunOutcome, RunPorts } from './base/ports'
import { checkBudget, checkFiles, checkRun, checkTools, type RunData } from './work/preflight'
import { createRecorder } from './recording/recorder'
import { summarySentence } from './story/sentences'
import { endedEarlySentence, resultSoFar, type StoryEnd } from './story/result'
import { createRunFacts } from './plan/run-facts'
import { scoredAsBegun } from './plan/scored-as-begun'
import { createSession, type Session } from './work/session'
import { evaluateStory, rowStory } from './story/short-stories'
import type { RunSpec } from '../record/spec'
import { stacksOf } from './work/stacks'
import { createToolCalls } from './recording/tool-calls'
import { createTally } from './recording/tally'
import { tokenCount } from '../lm/usage'
import { noTotals } from '../record/totals'

/** How long answers under way may take to come in after a cap was reached; they are paid for. */
const landingMs = 10_000
/** How long a stopped run waits for its calls to notice. */
const stoppingMs = 500

/**
 * Starts a run, or takes one up again: with events of an earlier attempt in the journal it repeats them from the recorded answers,
 * compares, and goes on where they end. The listener hears of what is written, in batches. See `RunPorts` for what it needs.
 */
export function startRun(begun: RunSpec, data: RunData, ports: RunPorts, listener: RunListener): RunHandle {
  const spec = scoredAsBegun(begun)
  const { clock, journal } = ports
  const clean = <T>(value: T): T => ports.keys?.masker().value(value) ?? value
  const controller = new AbortController()
  const { signal } = controller
  const gate = pauseGate()
  const before = ports.spentBefore ?? noTotals
  const { capsBefore = nothingSpent } = ports
  const budget = createBudget(spec.budget, clock, {
    calls: Math.max(before.calls, capsBefore.calls),
    tokens: Math.max(tokenCount(before), capsBefore.tokens),
    cost: Math.max(before.cost, capsBefore.cost),
    ms: ports.elapsedBefore ?? 0,
    ...(ports.lostBefore && { lost: ports.lostBefore }),
  })
  const tally = createTally(before, () => budget.spent, ports.unnotedBefore)
  let status: LiveStatus = 'running'
  let session: Session | undefined
  let lost: unknown

  const setStatus = (next: LiveStatus): void => {
    status = next
    recorder.touch()
    void recorder.flush()
  }
  const pause = (): void => {
    gate.close()
    setStatus('paused')
  }
  const tellProblem = (problem: ErrorJson): void =>
    listener({ status, events: [], rollouts: [], meters: [], totals: tally.totals(), problem: clean(problem) })
  const waitForRoom = (problem: ErrorJson): Promise<void> => {
    pause()
    tellProblem(problem)
    return gate.wait(signal)
  }
  let goesOnAt = 0
  const waitForProvider = ({ until, reason }: LmWait, { code, facts }: EngineError): Promise<void> => {
    const isFirst = gate.isOpen
    if (isFirst) pause()
    const isLater = until > goesOnAt
    goesOnAt = Math.max(goesOnAt, until)
    const problem = { code, message: reason, facts: { ...facts, until: dateOf(clock, until) } }
    if (isFirst || isLater) tellProblem(problem)
    if (isFirst) void goOnInTime()
    return gate.wait(signal)
  }
  /** Whoever pauses or resumes by hand decides; otherwise the run goes on when the provider's time is up. */
  const goOnInTime = async (): Promise<void> => {
    try {
      while (goesOnAt > clock.now()) await clock.sleep(goesOnAt - clock.now(), signal)
    } catch {
      return
    }
    if (goesOnAt > 0 && status === 'paused') resume()
  }
  const resume = (): void => {
    goesOnAt = 0
    gate.open()
    setStatus('running')
  }
  /** Also told where the run is paused already: the reason is another one. */
  const waitForHand = (error: EngineError): Promise<void> => waitForRoom(errorToJson(error))
  const waitAfter = (full: unknown): Promise<void> => waitForRoom(errorToJson(full))
  const recorder = createRecorder({
    journal,
    clock,
    listener,
    status: () => status,
    totals: tally.totals,
    clean,
    waitForRoom,
    onLost: error => {
      lost = error
      controller.abort(error)
    },
  })
  const givenUpBefore = new Set(journal.recorded.flatMap(event => (event.type === 'answer-give-up' ? [event.key] : [])))
  const givenUpNow = answersToGiveUp(ports.reading ?? {})
  const reading = createAnswerReading(new Set([...givenUpBefore, ...givenUpNow]), ports.reading)
  const failedCalls = bindingFailures(journal.failedCalls)
  const callLog = createCallLog(tally, recorder.call, failedCalls)
  const places = createPlaces(spec.concurrency)
  const { noteSpend: _note, ...others } = ports
  const calls = patientStore(cleanStore(ports), waitAfter)
  const toolCalls = createToolCalls({
    calls,
    clock,
    gate: gate.wait,
    write: recorder.call,
    ...(ports.offline && { offline: true }),
    ...spec.toolCalls,
  })
  const lmOf = stacksOf(
    spec,
    {
      ...others,
      calls,
      ...(ports.noteSpend && { noteSpend: note => patiently(() => noteOrEnd(note), waitAfter) }),
    },
    {
      places,
      budget,
      failedCalls,
      reading,
      gate: gate.wait,
      onEnd: tally.request,
      // Somebody sits before a single row and waits for it: what is the matter is told at once.
      ...(!ports.isImpatient && spec.kind !== 'row' && { onLongPause: waitForProvider, onHeld: waitForHand }),
      onWait: wait => recorder.meter({ type: 'wait', ...wait, until: dateOf(clock, wait.until) }),
      facts: createRunFacts(spec, journal.recorded, learned => {
        if (status !== 'running' && status !== 'paused') return
        recorder.emit({ type: 'model-facts', ...learned })
        void recorder.flush()
      }),
    },
  )

  /** A run that was taken over may send nothing more. */
  async function noteOrEnd(note: SpendNote): Promise<void> {
    try {
      await ports.noteSpend?.(note)
    } catch (error) {
      if (!isEngineError(error, 'storage-full')) controller.abort((lost = error))
      throw error
    }
  }

  const onEvent = (event: RunEvent): void => {
    if (event.type === 'stage-start') session?.enterStage(event.stage)
    if (event.type === 'candidate-propose') session?.board.name(event.candidate, event.label)
    recorder.emit(event.type === 'stage-end' ? { ...event, calls: callsSinceStageStart() } : event)
  }
  let answeredBefore = 0
  const callsSinceStageStart = (): number => {
    const calls = tally.answered - answeredBefore
    answeredBefore = tally.answered
    return calls
  }

  /** The note of answers that ended earlier attempts goes when the journal has them, and before another one is made. */
  async function giveUp(keys: ReadonlySet<CallKey>): Promise<void> {
    const news = [...keys].filter(key => !givenUpBefore.has(key))
    for (const key of news) recorder.emit({ type: 'answer-give-up', key })
    if (news.length > 0) await recorder.flush()
    reading.settle()
  }

  async function work(): Promise<RunOutcome> {
    try {
      if (givenUpNow.size > 0) await giveUp(givenUpNow)
      checkRun(spec, data)
      checkFiles(spec.graph, [...data.train, ...data.val])
      if (!ports.offline) await checkTools(spec, ports.tools)
      const rows = rowsOfRun(spec, data)
      if (journal.recorded.length === 0) await checkBudget(spec, data, ports, signal)
      // Before the first request: a method that does not come must not cost a baseline.
      const ready = spec.kind === 'compile' ? await readyOptimizer(spec.optimizer) : undefined
      const metric = await metricOf(spec, data, ports)
      signal.throwIfAborted()
      const student = { graph: spec.graph, state: completeState(spec.graph, spec.state) }
      const given = { train: data.train.length, val: data.val.length }
      session = createSession({ spec, student, ...rows, given, ports, metric, lmOf, places, signal, gate, recorder, callLog, toolCalls })
      const { result, sentence } = await drive(
        storyFor(spec, data, session, { optimizer: ready, isScored: metric !== undefined }),
        onEvent,
        signal,
      )
      recorder.emit({ type: 'run-end', reason: 'done', sentence, result })
      return await close('done', { sentence, result })
    } catch (error) {
      return endEarly(signal.aborted ? signal.reason : error)
    }
  }

  async function endEarly(error: unknown): Promise<RunOutcome> {
    const isRefused = session === undefined && !signal.aborted
    if (session && isEngineError(error, 'budget-exhausted') && !signal.aborted) await within(landingMs, session.settled())
    if (!signal.aborted) controller.abort(error)
    if (session) await within(stoppingMs, session.settled())
    callLog.close()
    const cause = isEngineError(error) ? error : undefined
    const result = session ? resultSoFar(session) : { kind: spec.kind }
    if (cause?.code === 'run-cancelled') {
      const when = callLog.hasCut ? 'Cancelled while an answer came: its tokens count as far as they came.' : 'Cancelled.'
      const sentence = `${when} Nothing was kept but the answers in the cache.`
      recorder.emit({ type: 'run-cancel', sentence })
      return close('cancelled', { sentence })
    }
    const isCap = cause?.code === 'budget-exhausted'
    if (cause?.code === 'run-stopped' || (isCap && !isRefused)) {
      const sentence = endedEarlySentence(session, isCap ? `Stopped by a cap: ${cause.message}` : 'Stopped.')
      recorder.emit({ type: 'run-end', reason: isCap ? 'cap' : 'stopped', sentence, result })
      return close(isCap ? 'capped' : 'stopped', { sentence, result, ...(isCap && { cap: capOf(cause) }) })
    }
    const json = errorToJson(error)
    const kept = result.best ? { result } : {}
    recorder.emit({ type: 'run-error', error: json, ...kept })
    const isPartly = spec.kind === 'evaluate' && result.best && json.code === 'too-many-errors'
    const sentence = isPartly ? `${json.message} Scored until then: ${summarySentence(result.best.summary)}` : json.message
    return close('failed', { sentence, error: json, ...kept })
  }

  async function close(end: RunOutcome['status'], about: Pick<RunOutcome, 'sentence' | 'result' | 'error' | 'cap'>): Promise<RunOutcome> {
    status = end
    recorder.touch()
    await recorder.flush()
    // Nothing is under way any more: the last note may still say so.
    await ports.noteSpend?.(budget.note()).catch(() => undefined)
    timer.abort()
    const { divergence } = recorder.story
    const common = { totals: tally.totals(), digest: recorder.story.digest(), ...(divergence && { divergence }) }
    if (lost === undefined) return { status: end, ...about, ...common }
    const error = errorToJson(lost)
    return { status: 'failed', sentence: error.message, error, ...common }
  }

  const endKeys = ports.keys?.open()
  const timer = new AbortController()
  startTimer(spec, ports, timer.signal, controller)
  return {
    done: work().then(clean).finally(endKeys),
    command(command: RunCommand) {
      const isOver = signal.aborted || (status !== 'running' && status !== 'paused')
      if (isOver) return
      if (command === 'pause') {
        goesOnAt = 0
        pause()
      } else if (command === 'resume') resume()
      else
        controller.abort(
          command === 'stop'
            ? new EngineError('run-stopped', 'The run was stopped.')
            : new EngineError('run-cancelled', 'The run was cancelled.'),
        )
    },
  }

  async function within(ms: number, wait: Promise<void>): Promise<void> {
    const alarm = new AbortController()
    const ended = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    const late = clock.sleep(ms, alarm.signal).catch(() => undefined)
    await Promise.race(signal.aborted ? [wait, late] : [wait, late, ended])
    alarm.abort()
  }
}

function capOf({ facts }: EngineError): NonNullable<RunOutcome['cap']> {
  const { cap: name, raiseTo } = facts
  return {
    name: name === 'calls' || name === 'tokens' || name === 'cost' ? name : 'time',
    ...(typeof raiseTo === 'number' && { raiseTo }),
  }
}

/** An answer that is kept holds no key: whoever wrote the provider's code. */
function cleanStore({ calls, keys }: RunPorts): CallStore {
  if (!keys) return calls
  return {
    get: (key, how) => calls.get(key, how),
    add: (call, paid) => calls.add({ ...call, response: cleanAnswer(call.response, keys.masker()) }, paid),
  }
}

async function readyOptimizer(wanted: RunSpec['optimizer']): Promise<ReadyOptimizer> {
  const { optimizer, params } = optimizerOf(wanted)
  return { id: optimizer.id, params, method: await optimizer.load() }
}

function storyFor(
  spec: RunSpec,
  data: RunData,
  session: Session,
  { optimizer, isScored }: { readonly optimizer: ReadyOptimizer | undefined; readonly isScored: boolean },
): AsyncGenerator<RunEvent, StoryEnd> {
  const { metric, ...unscored } = spec
  const { stages } = planOfRun({ ...unscored, ...(metric && isScored && { metric }) }, data)
  if (spec.kind === 'row') return rowStory(session, stages)
  return optimizer ? compileStory(session, optimizer, stages) : evaluateStory(session, stages)
}

/** A single row may lack the labels that its metric reads: then it runs without a score. */
async function metricOf(spec: RunSpec, data: RunData, { runner }: RunPorts): Promise<Metric | undefined> {
  if (spec.metric === undefined) return undefined
  const row = data.val[0] ?? data.train[0]
  if (spec.kind === 'row' && metricLabels(spec.metric).some(label => row?.labels[label] === undefined)) return undefined
  return bindMetric(spec.metric, { runner, typeOf: typesOfOutputs(spec.graph) })
}

/** The time cap ends a run also while it waits for an answer. */
function startTimer(spec: RunSpec, { clock, elapsedBefore = 0 }: RunPorts, signal: AbortSignal, controller: AbortController): void {
  const { maxMs } = spec.budget
  if (maxMs === undefined) return
  clock.sleep(Math.max(0, maxMs - elapsedBefore), signal).then(
    () =>
      controller.abort(
        new EngineError('budget-exhausted', `The time limit of ${Math.round(maxMs / 1000)} s for this run is used up.`, { cap: 'time' }),
      ),
    () => undefined,
  )
}
