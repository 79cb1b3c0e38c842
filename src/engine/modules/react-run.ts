import { isJsonObject, type Json } from '@/lib/json'
import { finishTool, toolFailure, trajectoryNames } from '../base/agent-words'
import { isEngineError } from '../base/errors'
import type { Values } from '../base/example'
import type { SignatureNode } from '../program/program'
import { callTool } from './call-tool'
import type { Tool } from './react-tools'
import { saidBy } from './said-by'
import type { Scope } from './scope'
import { isStepFailure } from './step-failure'
import { blocksText, shortening } from './trajectory-run'

interface ReactParams {
  readonly tools: readonly Tool[]
  readonly max_iters: number
}

/** Source: dspy-spec §3.3. Throws what the way to the model throws, and what the answer at the end throws. */
export async function runReact(_node: SignatureNode, inputs: Values, scope: Scope, { tools, max_iters }: ReactParams): Promise<Values> {
  let trajectory: Trajectory = []
  let isDone = false
  for (let index = 0; index < max_iters && !isDone; index++) {
    const asked = await nextStep(scope, inputs, trajectory)
    trajectory = asked.trajectory
    if (asked.step === undefined) {
      scope.stop(asked.reason)
      isDone = true
      break
    }
    const { step } = asked
    const observation = await observe(step, tools, scope)
    trajectory = [...trajectory, { index, ...step, observation }]
    isDone = step.tool === finishTool
  }
  if (!isDone) scope.stop('max-iterations')
  const { values, trajectory: kept } = await shortening(trajectory, rest =>
    scope.predict('extract', { ...inputs, trajectory: trajectoryText(scope, rest) }),
  )
  return { trajectory: Object.fromEntries(kept.flatMap(entriesOf)), ...values }
}

/** What the loop has seen so far, one entry a step. */
type Trajectory = readonly TrajectoryStep[]
interface AgentStep {
  readonly thought: string
  readonly tool: string
  readonly args: Json
}
interface TrajectoryStep extends AgentStep {
  readonly index: number
  readonly observation: Json
}

type NextStep =
  | { readonly step: AgentStep; readonly trajectory: Trajectory }
  | { readonly step: undefined; readonly reason: 'unreadable-step' | 'context-length'; readonly trajectory: Trajectory }

async function nextStep(scope: Scope, inputs: Values, trajectory: Trajectory): Promise<NextStep> {
  try {
    const { values, trajectory: kept } = await shortening(trajectory, kept =>
      scope.predict('react', { ...inputs, trajectory: trajectoryText(scope, kept) }),
    )
    const step = {
      thought: String(values['next_thought'] ?? ''),
      tool: String(values['next_tool_name'] ?? ''),
      args: values['next_tool_args'] ?? {},
    }
    return { step, trajectory: kept }
  } catch (error) {
    if (isEngineError(error, 'adapter-parse')) return { step: undefined, reason: 'unreadable-step', trajectory }
    if (isEngineError(error, 'lm-context-length')) return { step: undefined, reason: 'context-length', trajectory }
    throw error
  }
}

/** A tool that fails says so in its observation: the model may try another way. */
async function observe({ tool: name, args }: AgentStep, tools: readonly Tool[], scope: Scope): Promise<Json> {
  const given = isJsonObject(args) ? args : {}
  if (name === finishTool) return scope.tool(name, given, async () => 'Completed.')
  const tool = tools.find(one => one.name === name)
  if (tool === undefined) return toolFailure(name, 'there is no such tool.')
  try {
    return await scope.tool(name, given, within => callTool(tool, given, within))
  } catch (error) {
    if (!isStepFailure(error)) throw error
    return toolFailure(name, saidBy(error))
  }
}

function trajectoryText(scope: Scope, trajectory: Trajectory): string {
  return blocksText(scope, trajectory.flatMap(entriesOf))
}

function entriesOf({ index, thought, tool, args, observation }: TrajectoryStep): readonly (readonly [string, Json])[] {
  const names = trajectoryNames(index)
  return [
    [names.thought, thought],
    [names.tool, tool],
    [names.args, args],
    [names.observation, observation],
  ]
}
