import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { submitTool, toolFailure } from '../base/agent-words'
import { EngineError, isEngineError } from '../base/errors'
import type { Values } from '../base/example'
import type { SignatureNode } from '../program/program'
import type { StopReason } from '../trace/span'
import { callTool, fitArguments } from './call-tool'
import { saidBy } from './said-by'
import type { Tool } from './react-tools'
import { submitOf, toolsShown } from './react-v2-tools'
import type { PredictOptions, Scope } from './scope'
import { isStepFailure } from './step-failure'

interface ReactV2Params {
  readonly tools: readonly Tool[]
  readonly max_iters: number
}

/**
 * Source: dspy-spec §3.4, dspy-spec-3.4 §A.9. Throws `adapter-parse` where the last turn, which has to submit, hands nothing in, and what
 * the way to the model throws.
 */
export async function runReactV2(node: SignatureNode, inputs: Values, scope: Scope, { tools, max_iters }: ReactV2Params): Promise<Values> {
  const agent: Agent = { tools, submit: submitOf(node), scope }
  const shown = toolsShown(node, tools)
  const turns: JsonObject[] = []
  let pending: Values = inputs
  const ask = (options: PredictOptions = {}): Promise<Values> =>
    scope.predict('react', { ...pending, history: { messages: [...turns] }, tools: shown }, options)
  const record = (asked: Values, { calls, results, outputs }: CalledTurn): void => {
    turns.push({
      ...pending,
      ...((asked['next_thought'] ?? null) !== null && { next_thought: asked['next_thought'] ?? null }),
      tool_calls: { tool_calls: [...calls], tool_call_results: { tool_call_results: [...results] } },
      ...outputs,
    })
    pending = {}
  }
  const ended = (outputs: Values, reason: string): Values => ({
    ...outputs,
    history: { messages: turns },
    termination_reason: reason,
  })

  let stopped: Stop = { reason: 'max-iterations', words: `${max_iters} turns` }
  for (let turn = 0; turn < max_iters; turn++) {
    const { asked, stop } = await ask().then(unstopped, stoppedBy)
    if (stop !== undefined) {
      stopped = stop
      break
    }
    const calls = callsIn(asked, turn)
    if (calls.length === 0) {
      stopped = { reason: 'no-tool-call', words: 'a turn without a call' }
      break
    }
    const called = await callAll(agent, calls)
    record(asked, called)
    if (called.outputs !== undefined) return ended(called.outputs, 'submit')
  }

  scope.stop(stopped.reason)
  const orHint = `This is the last turn. Call \`${submitTool}\` now, with the outputs as far as you know them.`
  const asked = await ask({ toolChoice: { name: submitTool, orHint } })
  const calls = callsIn(asked, max_iters).filter(({ name }) => name === submitTool)
  const called = await callAll(agent, calls)
  if (calls.length > 0) record(asked, called)
  if (called.outputs !== undefined) return ended(called.outputs, 'forced_submit')
  const why = called.results.map(({ value }) => String(value)).join(' ')
  throw new EngineError(
    'adapter-parse',
    `After ${stopped.words} the model was asked for the outputs of ${node.name}, and did not hand them in. ${why === '' ? 'It did not call submit.' : why} Allow more turns, or say in the instructions when to submit.`,
    { text: JSON.stringify(asked) },
  )
}

interface Agent {
  readonly tools: readonly Tool[]
  readonly submit: Tool
  readonly scope: Scope
}

interface ToolCall {
  readonly [key: string]: Json
  readonly id: string
  readonly name: string
  readonly args: JsonObject
}

interface ToolResult {
  readonly [key: string]: Json
  readonly call_id: string
  readonly name: string
  readonly value: Json
  readonly is_error: boolean
}

interface CalledTurn {
  readonly calls: readonly ToolCall[]
  readonly results: readonly ToolResult[]
  /** Present where `submit` was called and its arguments fit. */
  readonly outputs: Values | undefined
}

interface Stop {
  readonly reason: StopReason
  readonly words: string
}

const unstopped = (asked: Values) => ({ asked, stop: undefined }) as const

/** What ends the turns, but not the row: it is asked once more, for the outputs alone. */
function stoppedBy(error: unknown): { readonly asked: undefined; readonly stop: Stop } {
  const asked = undefined
  if (isEngineError(error, 'adapter-parse')) return { asked, stop: { reason: 'unreadable-step', words: 'a turn that could not be read' } }
  if (isEngineError(error, 'lm-context-length'))
    return { asked, stop: { reason: 'context-length', words: 'more turns than the model can read' } }
  throw error
}

/** Every call of the turn, in order. What fails is told to the model as the result of its call. */
async function callAll({ tools, submit, scope }: Agent, calls: readonly ToolCall[]): Promise<CalledTurn> {
  const results: ToolResult[] = []
  let outputs: Values | undefined
  for (const { id, name, args } of calls) {
    const tool = name === submit.name ? submit : tools.find(one => one.name === name)
    const answer = (value: Json, isError: boolean): void => void results.push({ call_id: id, name, value, is_error: isError })
    if (tool === undefined) {
      answer(`There is no tool called ${name}.`, true)
      continue
    }
    try {
      const work = async (within: Scope): Promise<Json> => (tool === submit ? fitArguments(submit, args) : callTool(tool, args, within))
      const value = await scope.tool(name, args, work)
      answer(value, false)
      if (tool === submit && isJsonObject(value)) outputs = value
    } catch (error) {
      if (!isStepFailure(error)) throw error
      answer(toolFailure(name, saidBy(error)), true)
    }
  }
  return { calls, results, outputs }
}

/** The calls of a turn, each with an id: its own, else one that its place gives it. */
function callsIn(asked: Values, turn: number): readonly ToolCall[] {
  const value = asked['tool_calls'] ?? null
  const list = isJsonObject(value) && Array.isArray(value['tool_calls']) ? value['tool_calls'] : []
  return list.filter(isJsonObject).map((call, index) => ({
    id: typeof call['id'] === 'string' ? call['id'] : `call_${turn}_${index}`,
    name: String(call['name'] ?? ''),
    args: isJsonObject(call['args'] ?? null) ? (call['args'] as JsonObject) : {},
  }))
}
