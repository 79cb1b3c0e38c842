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
