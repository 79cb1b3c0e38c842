/** What people read of the choice to offer tools to a model as its API has it. */
export const nativeToolsHelp = {
  title: 'Call tools through the model’s API',
  help: 'For ReActV2 and outputs of type ToolCalls (use_native_function_calling). Off, or where a model takes no tools: they are described in the prompt.',
} as const
