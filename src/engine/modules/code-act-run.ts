import type { Json, JsonObject } from '@/lib/json'
import type { Values } from '../base/example'
import type { SignatureNode } from '../program/program'
import type { ScriptAnswer, ScriptTool } from '../user-code/model-script'
import { codeOutput, programIn, runCodeOf } from './model-code'
import { callTool } from './call-tool'
import type { Tool } from './react-tools'
import { saidBy } from './said-by'
import type { Scope } from './scope'
import { isStepFailure } from './step-failure'
import { blocksText, shortening } from './trajectory-run'

interface CodeActParams {
  readonly tools: readonly Tool[]
  readonly max_iters: number
}

/** Source: dspy-spec §3.6. Throws what the way to the model and the adapter throw, also for a block that the adapter cannot read. */
export async function runCodeAct(_node: SignatureNode, inputs: Values, scope: Scope, { tools, max_iters }: CodeActParams): Promise<Values> {
  const callable = tools.map(tool => scriptTool(tool, scope))
  const answers: ScriptAnswer[] = []
  const blocks: string[] = []
  const turns: Turn[] = []
  let isFinished = false
  for (let index = 0; index < max_iters && !isFinished; index++) {
    const asked = await scope.predict('codeact', { ...inputs, trajectory: Object.fromEntries(turns.flat()) })
    const { code, problem } = programIn(asked['generated_code'])
    if (problem !== undefined) {
      turns.push([[`observation_${index}`, `There was no code to run. ${problem}`]])
      continue
    }
    const answersBefore = answers.length
    const callOutside = (name: string, args: JsonObject): Promise<ScriptAnswer> => answerOf(tools, name, args, scope)
    const end = await runCodeOf(scope, { inputs, tools: callable, blocks: [...blocks, code], answers, callOutside })
    // A block that was stopped would stop every later one, too.
    if (end.isStopped !== true) blocks.push(code)
    else answers.length = answersBefore
    turns.push([
      [`generated_code_${index}`, code],
      end.error === undefined ? [`code_output_${index}`, codeOutput(end)] : [`observation_${index}`, `The code failed: ${end.error}`],
    ])
    isFinished = asked['finished'] === true
  }
  if (!isFinished) scope.stop('max-iterations')
  const { values, trajectory } = await shortening(turns, kept =>
    scope.predict('extractor', { ...inputs, trajectory: blocksText(scope, kept.flat()) }),
  )
  return { trajectory: Object.fromEntries(trajectory.flat()), ...values }
}

/** What one turn adds to the trajectory. */
type Turn = readonly (readonly [name: string, value: Json])[]

/** What a tool outside of the machine gives to the code that called it: also that it failed, which the code may handle. */
export async function answerOf(tools: readonly Tool[], name: string, args: JsonObject, scope: Scope): Promise<ScriptAnswer> {
  const tool = tools.find(one => one.name === name)
  if (tool === undefined) return { error: `there is no tool ${name}` }
  try {
    return { value: await callTool(tool, args, scope) }
  } catch (error) {
    if (!isStepFailure(error)) throw error
    return { error: saidBy(error) }
  }
}

export function scriptTool(tool: Tool, scope: Scope): ScriptTool {
  const { name, args } = tool
  const source = scope.sourceOf(tool)
  return {
    name,
    ...(source !== undefined && { source }),
    args: args.map(argument => ({ name: argument.name, isOptional: argument.type.kind === 'optional' })),
  }
}
