import { isJsonObject, type Json } from '@/lib/json'

/** DSPy's reserved name of a tool: the model calls it when it has seen enough. */
export const finishTool = 'finish'

/** DSPy's reserved name of the tool by which an agent of one predictor hands its outputs in. */
export const submitTool = 'submit'

/** What the parts of turn number `index` are called in a trajectory. */
export function trajectoryNames(index: number) {
  return {
    thought: `thought_${index}`,
    tool: `tool_name_${index}`,
    args: `tool_args_${index}`,
    observation: `observation_${index}`,
  } as const
}

/** What an agent is shown in place of a result when a tool fails, as in DSPy. */
export function toolFailure(tool: string, reason: string): string {
  return `${failureStart}${tool}: ${reason}`
}

export function isToolFailure(observation: string): boolean {
  return observation.startsWith(failureStart)
}

const failureStart = 'Execution error in '

/** One turn of an agent as its trajectory output keeps it. */
export interface KeptTurn {
  readonly thought: Json
  readonly tool: string
  readonly args: Json
  readonly observation: Json
}

/** The turns of a value that is the trajectory of an agent; undefined for any other value, also for one that holds more than turns. */
export function turnsOf(value: Json | undefined): readonly KeptTurn[] | undefined {
  if (!isJsonObject(value)) return undefined
  const keys = Object.keys(value)
  // The oldest turns are left out where a trajectory grew too long.
  const start = Number(/^thought_(\d+)$/.exec(keys[0] ?? '')?.[1] ?? Number.NaN)
  if (Number.isNaN(start) || keys.length % 4 !== 0) return undefined
  const turns: KeptTurn[] = []
  for (let index = start; turns.length < keys.length / 4; index += 1) {
    const names = trajectoryNames(index)
    const tool = value[names.tool]
    if (typeof tool !== 'string' || Object.values(names).some(name => !Object.hasOwn(value, name))) return undefined
    turns.push({
      thought: value[names.thought] ?? null,
      tool,
      args: value[names.args] ?? null,
      observation: value[names.observation] ?? null,
    })
  }
  return turns
}
