/** DSPy's reserved name of a tool: the model calls it when it has seen enough. */
export const finishTool = 'finish'

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
