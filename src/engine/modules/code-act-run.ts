import type { Json } from '@/lib/json'
import type { Values } from '../base/example'
import type { SignatureNode } from '../program/program'
import type { ScriptTool } from '../user-code/model-script'
import { codeOutput, programIn, runCodeOf } from './model-code'
import type { Tool } from './react-tools'
import type { Scope } from './scope'
import { blocksText, shortening } from './trajectory-run'

interface CodeActParams {
  readonly tools: readonly Tool[]
  readonly max_iters: number
}

/** Source: dspy-spec §3.6. Throws what the way to the model and the adapter throw, also for a block that the adapter cannot read. */
export async function runCodeAct(_node: SignatureNode, inputs: Values, scope: Scope, { tools, max_iters }: CodeActParams): Promise<Values> {
  const callable = tools.map(scriptTool)
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
    const end = await runCodeOf(scope, { inputs, tools: callable, blocks: [...blocks, code] })
    // A block that was stopped would stop every later one, too.
    if (end.isStopped !== true) blocks.push(code)
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

export function scriptTool({ name, args, source }: Tool): ScriptTool {
  return { name, source, args: args.map(argument => ({ name: argument.name, isOptional: argument.type.kind === 'optional' })) }
}
