import { isJsonObject, parseJson, type Json } from '@/lib/json'
import type { Clock } from '../../base/clock'
import { EngineError, errorFromJson, errorToJson, isEngineError, type ErrorJson } from '../../base/errors'
import type { KeepToolCall } from '../../graph/execute-context'
import type { CallKey, CallPurpose } from '../../lm/lm'
import type { CallStore } from '../../lm/kept/call-store'
import { storedAnswer } from '../../lm/kept/stored-answer'
import { toolCallKey, toolCallRequest, toolRollouts, type ToolCallPlace } from '../../lm/kept/tool-call'
import type { CallRecord } from '../../record/events'

export interface ToolCallsOptions {
  readonly calls: CallStore
  readonly clock: Pick<Clock, 'now' | 'date'>
  /** True calls nothing: every answer must be recorded. */
  readonly offline?: boolean
  /** Resolves when the run is not paused. */
  readonly gate: (signal: AbortSignal) => Promise<void>
  /** Notes that the run has used an answer, so that it stays with the run. */
  readonly write: (record: CallRecord) => void
  readonly run?: string
}

export interface RowOfTools {
  readonly batch: number
  readonly example: string
  readonly purpose: CallPurpose
}

/**
 * Keeps what tools answered in a run. A call is noted before it is made and its end before anybody sees it, so that a run that is taken up
 * again, and its replay, call nothing twice. Where the end is missing, the call was cut off and nobody knows what it did: it is made once more
 * only where the tool may be repeated, else its row fails and says so.
 */
export function createToolCalls({ calls, clock, offline = false, gate, write, run }: ToolCallsOptions) {
  const underWay = new Map<CallKey, Promise<Outcome>>()
  const noted = new Set<CallKey>()

  async function outcomeOf(asked: Asked, place: ToolCallPlace, work: () => Promise<Json>): Promise<Outcome> {
    const { name, args, isRepeatable, signal } = asked
    const request = toolCallRequest(name, args, place)
    const key = toolCallKey(request, 'answer')
    const known = await calls.get(key)
    if (known) return readOutcome(known.response.text)
    if (offline) throw notRecorded(name)
    await gate(signal)
    await asked.ready()
    const note = async (what: keyof typeof toolRollouts, text: string, ms: number): Promise<string> => {
      const response = storedAnswer({ text, finish: 'stop', usage: { inputTokens: 0, outputTokens: 0 }, ms, cached: false, attempts: 1 })
      const stored = { key: toolCallKey(request, what), rollout: toolRollouts[what], request, response, at: clock.date() }
      return (await calls.add(stored)).response.text
    }
    const start = clock.now()
    let outcome: Outcome
    if ((await calls.get(toolCallKey(request, 'begun'))) && !isRepeatable) outcome = { error: errorToJson(interrupted(name)) }
    else {
      await note('begun', '', 0)
      try {
        outcome = { value: await work() }
      } catch (error) {
        // What ends the run is no answer of the tool; what it fails with is one.
        if (!isEngineError(error) || signal.aborted || error.code === 'tool-refused') throw error
        outcome = { error: errorToJson(error) }
      }
    }
    return readOutcome(await note('answer', JSON.stringify(outcome), clock.now() - start))
  }

  /** For the tools of one row. */
  return function ofRow({ batch, example, purpose }: RowOfTools): KeepToolCall {
    return async (asked, work) => {
      const place: ToolCallPlace = { ...(run !== undefined && { run }), batch, example, path: asked.path }
      const key = toolCallKey(toolCallRequest(asked.name, asked.args, place), 'answer')
      // The same row may be in a batch twice.
      const joined = underWay.get(key)
      const outcome = joined ?? outcomeOf(asked, place, work)
      if (!joined) {
        underWay.set(key, outcome)
        const land = (): void => void underWay.delete(key)
        outcome.then(land, land)
      }
      const { value, error } = await outcome
      if (!noted.has(key)) {
        noted.add(key)
        const usage = { inputTokens: 0, outputTokens: 0 }
        write({
          key,
          purpose,
          role: 'task',
          batch,
          exampleId: example,
          model: asked.name,
          cached: true,
          attempts: 0,
          failedAttempts: 0,
          usage,
          ms: 0,
        })
      }
      if (error) throw errorFromJson(error)
      return value ?? null
    }
  }
}

type Asked = Parameters<KeepToolCall>[0]

/** How a call ended: with a value, or with an error that a replay meets again. */
interface Outcome {
  readonly value?: Json
  readonly error?: ErrorJson
}

function readOutcome(text: string): Outcome {
  const parsed = parseJson(text)
  const outcome = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
  const error = outcome['error'] ?? null
  // Written above, or by whoever made the file of an imported run, which can only say what a tool may say.
  if (isJsonObject(error) && typeof error['message'] === 'string')
    return { error: { code: error['code'] === 'tool-interrupted' ? 'tool-interrupted' : 'tool-failed', message: error['message'] } }
  return { value: outcome['value'] ?? null }
}

function interrupted(name: string): EngineError {
  return new EngineError(
    'tool-interrupted',
    `A call of the tool ${name} was cut off, and nobody knows whether it did its work. It is not made again by itself: run this row anew, or say in the settings of the tool that a call may be repeated.`,
    { tool: name },
  )
}

function notRecorded(name: string): EngineError {
  return new EngineError(
    'lm-not-recorded',
    `No recorded answer of the tool ${name} for this call. Run it once with a connection, then it can be repeated without one.`,
    {
      tool: name,
    },
  )
}
