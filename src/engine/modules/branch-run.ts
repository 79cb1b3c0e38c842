import { canonicalJson } from '@/lib/canonical-json'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import type { BranchNode } from '../program/program'
import { plainAnswer } from '../signature/types/decision-kinds'
import { loadOnce } from '../user-code/load-once'
import { branchParams, waysOf } from './branch'
import type { Scope } from './scope'

/**
 * The value that is handed on, under the name of the way that is taken; nothing where no rule holds and no way is for all else. Conditions
 * are asked in the order of the outputs, and none behind the one that holds. Throws `code-failed` for one that returns neither true nor
 * false, and what the code runner throws.
 */
export async function runBranch(node: BranchNode, inputs: Values, { runner }: Pick<Scope, 'runner'>): Promise<Values> {
  branchParams.mustFit(node)
  const { gives, on } = branchParams.of(node)
  const value = inputs[gives] ?? null
  const ways = waysOf(node)
  for (const { output, rule } of ways) {
    if (rule === undefined) continue
    const holds =
      'is' in rule
        ? on !== undefined && canonicalJson(plainAnswer(inputs[on] ?? null)) === canonicalJson(rule.is)
        : await isTrue(rule.when, inputs, { runner, of: `the way "${output.name}" of ${node.name}` })
    if (holds) return { [output.name]: value }
  }
  const rest = ways.find(({ rule }) => rule === undefined)
  return rest ? { [rest.output.name]: value } : {}
}

async function isTrue(source: string, inputs: Values, { runner, of }: Pick<Scope, 'runner'> & { readonly of: string }): Promise<boolean> {
  const condition = await loadOnce(runner, source, 'condition')
  const returned = await condition.call([inputs])
  if (typeof returned === 'boolean') return returned
  throw new EngineError('code-failed', `The condition of ${of} must return true or false. It returned ${JSON.stringify(returned)}.`)
}
