import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import type { SignatureNode } from '../program/program'
import { codeOutput, programIn, runCodeOf } from './model-code'
import type { Scope } from './scope'

/**
 * Writes, runs, and mends the program until one ran, then answers from its output. Source: dspy-spec §3.5. Throws `code-failed` where the
 * last program that may be written failed, too, and what the way to the model and the adapter throw.
 */
export async function runProgramOfThought(
  _node: SignatureNode,
  inputs: Values,
  scope: Scope,
  { max_iters }: { readonly max_iters: number },
): Promise<Values> {
  let asked = await scope.predict('code_generate', inputs)
  for (let count = 1; ; count++) {
    const { code, problem } = programIn(asked['generated_code'])
    const end = problem === undefined ? await runCodeOf(scope, { inputs, blocks: [code] }) : { printed: '', error: problem }
    if (end.error === undefined)
      return scope.predict('generate_output', { ...inputs, final_generated_code: code, code_output: codeOutput(end) })
    if (count >= max_iters)
      throw new EngineError(
        'code-failed',
        `None of the ${max_iters} programs that the model wrote ran to its end. The last one: ${end.error} Allow more programs, or describe in the instructions what to compute.`,
        { thrown: end.error },
      )
    asked = await scope.predict('code_regenerate', { ...inputs, previous_code: code, error: end.error })
  }
}
