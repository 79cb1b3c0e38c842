import { EngineError, errorToJson, isEngineError, type ErrorJson } from '../base/errors'
import { completeState } from '../graph/default-state'
import { createBudget } from '../lm/budget'
import { createPlaces } from '../lm/places'
import type { SpendNote } from '../lm/spend'
import type { Metric } from '../metrics/metric'
import { bindMetric, metricLabels } from '../metrics/registry'
import { bindingFailures, createCallLog } from './recording/call-log'
import { compileStory, type ReadyOptimizer } from './story/compile-story'
import { drive } from './drive'
import { optimizerOf, planOfRun, rowsOfRun } from './plan/estimate'
import type { RunEvent, RunResult } from '../record/events'
import { pauseGate } from './gate'
import { patiently, patientStore } from './recording/patient-store'
import type { LiveStatus, RunCommand, RunHandle, RunListener, RunOutcome, RunPorts } from './ports'
import { checkBudget, checkRun, type RunData } from './plan/preflight'
import { createRecorder } from './recording/recorder'
import { endedEarlySentence, resultSoFar, type StoryEnd } from './story/result'
import { createRunFacts } from './plan/run-facts'
import { createSession, type Session } from './session'
import { evaluateStory, rowStory } from './story/short-stories'
import type { RunSpec } from '../record/spec'
import { stacksOf } from './stacks'
import { createTally, noTotals } from './recording/tally'

/** How long answers under way may take to come in after a cap was reached; they are paid for. */
const landingMs = 10_000
/** How long a stopped run waits for its calls to notice. */
const stoppingMs = 500

/**
 * Starts a run, or takes one up again: with events of an earlier attempt in the journal it repeats them from the recorded answers,
 * compares, and goes on where they end. The listener hears of what is written, in batches. See `RunPorts` for what it needs.
 */
export function startRun(spec: RunSpec, data: RunData, ports: RunPorts, listener: RunListener): RunHandle {
  const { clock, journal } = ports
  const controller = new AbortController()
  const { signal } = controller
  const gate = pauseGate()
  const before = ports.spentBefore ?? noTotals
  const { capsBefore = { calls: 0, tokens: 0, cost: 0 } } = ports
  const budget = createBudget(spec.budget, clock, {
    calls: Math.max(before.calls, capsBefore.calls),
    tokens: Math.max(before.inputTokens + before.outputTokens, capsBefore.tokens),
    cost: Math.max(before.cost, capsBefore.cost),
    ms: ports.elapsedBefore ?? 0,
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
  const waitForRoom = (problem: ErrorJson): Promise<void> => {
    pause()
    listener({ status, events: [], rollouts: [], meters: [], totals: tally.totals(), problem })
    return gate.wait(signal)
  }
  const waitAfter = (full: unknown): Promise<void> => waitForRoom(errorToJson(full))
  const recorder = createRecorder({
    journal,
    clock,
    listener,
    status: () => status,
    totals: tally.totals,
    waitForRoom,
    onLost: error => {
      lost = error
      controller.abort(error)
    },
  })
  const failedCalls = bindingFailures(journal.failedCalls)
  const callLog = createCallLog(tally, recorder.call, failedCalls)
  const places = createPlaces(spec.concurrency)
  const { noteSpend: _note, ...others } = ports
  const lmOf = stacksOf(
    spec,
    {
      ...others,
      calls: patientStore(ports.calls, waitAfter),
      ...(ports.noteSpend && { noteSpend: note => patiently(() => noteOrEnd(note), waitAfter) }),
    },
    {
      places,
      budget,
      failedCalls,
      gate: gate.wait,
      onEnd: tally.request,
      onWait: wait => recorder.meter({ type: 'wait', ...wait }),
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

  async function work(): Promise<RunOutcome> {
    try {
      checkRun(spec, data)
      const rows = rowsOfRun(spec, data)
      if (journal.recorded.length === 0) await checkBudget(spec, data, ports, signal)
      // Before the first request: a method that does not come must not cost a baseline.
      const ready = spec.kind === 'compile' ? await readyOptimizer(spec.optimizer) : undefined
      const metric = await metricOf(spec, data, ports)
      const student = { graph: spec.graph, state: completeState(spec.graph, spec.state) }
      const given = { train: data.train.length, val: data.val.length }
      session = createSession({ spec, student, ...rows, given, ports, metric, lmOf, places, signal, gate, recorder, callLog })
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
    if (session && isEngineError(error, 'budget-exhausted') && !signal.aborted) await within(landingMs, session.settled())
    if (!signal.aborted) controller.abort(error)
    if (session) await within(stoppingMs, session.settled())
    callLog.close()
    const cause = isEngineError(error) ? error : undefined
    const result = session && resultSoFar(session)
    if (cause?.code === 'run-cancelled') {
      const sentence = 'Cancelled. Nothing was kept but the answers in the cache.'
      recorder.emit({ type: 'run-cancel', sentence })
      return close('cancelled', { sentence })
    }
    if (session && result && (cause?.code === 'run-stopped' || cause?.code === 'budget-exhausted')) {
      const isCap = cause.code === 'budget-exhausted'
      const sentence = endedEarlySentence(session, isCap ? `Stopped by a cap: ${cause.message}` : 'Stopped.')
      recorder.emit({ type: 'run-end', reason: isCap ? 'cap' : 'stopped', sentence, result })
      return close(isCap ? 'capped' : 'stopped', { sentence, result })
    }
    const json = errorToJson(error)
    const kept = result?.best ? { result } : {}
    recorder.emit({ type: 'run-error', error: json, ...kept })
    return close('failed', { sentence: json.message, error: json, ...kept })
  }

  async function close(
    end: RunOutcome['status'],
    about: { readonly sentence: string; readonly result?: RunResult; readonly error?: ErrorJson },
  ): Promise<RunOutcome> {
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

  const timer = new AbortController()
  startTimer(spec, ports, timer.signal, controller)
  return {
    done: work(),
    command(command: RunCommand) {
      const isOver = signal.aborted || (status !== 'running' && status !== 'paused')
      if (isOver) return
      if (command === 'pause') pause()
      else if (command === 'resume') {
        gate.open()
        setStatus('running')
      } else
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
async function metricOf(spec: RunSpec, data: RunData, { sandbox }: RunPorts): Promise<Metric | undefined> {
  if (spec.metric === undefined) return undefined
  const row = data.val[0] ?? data.train[0]
  if (spec.kind === 'row' && metricLabels(spec.metric).some(label => row?.labels[label] === undefined)) return undefined
  return bindMetric(spec.metric, { sandbox })
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
