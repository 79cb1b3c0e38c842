import type { Values } from '../base/example'
import type { SignatureNode } from '../program/program'
import { bestAttempt, type AttemptParams } from './attempts-run'
import { innerModule } from './inner-module'
import type { Scope } from './scope'

export function runBestOfN(node: SignatureNode, inputs: Values, scope: Scope, params: AttemptParams): Promise<Values> {
  const { module, N, threshold, fail_count, reward } = params
  return bestAttempt({ inner: innerModule(node, module), inputs, scope }, { n: N, reward, threshold, failCount: fail_count ?? N })
}
