import { canonicalJson } from '@/lib/canonical-json'
import { pythonRandom } from '@/lib/rng'
import type { Values } from '../base/example'
import type { TextRule } from '../metrics/rules'
import type { Body, VoteNode } from '../program/program'
import { joinAnswers } from './join-answers'
import type { ReduceId } from './reduce-ids'
import type { Scope } from './scope'

interface VoteParams {
  readonly reduce_fn: ReduceId
  readonly normalize: TextRule
  readonly size?: number | undefined
  readonly seed: number
}

/** One row through `voteStep`: the programs are asked at once, and the failure of any is thrown when all have ended. */
export async function runVote(node: VoteNode, inputs: Values, scope: Scope, params: VoteParams): Promise<Values> {
  const ends = await Promise.allSettled(drawn(node, inputs, scope, params).map(body => scope.run(body.id, inputs)))
  const failed = ends.find(end => end.status === 'rejected')
  if (failed) throw failed.reason
  const outputs = node.fields.filter(({ role }) => role === 'output')
  const answers = ends.flatMap(end => (end.status === 'fulfilled' ? [end.value] : []))
  return joinAnswers(
    params.reduce_fn,
    answers.map(answer => Object.fromEntries(outputs.map(({ name }) => [name, answer[name] ?? null]))),
    { rule: params.normalize, typeOf: output => outputs.find(({ name }) => name === output)?.type },
  )
}

function drawn({ bodies }: VoteNode, inputs: Values, { rollout }: Scope, { size = bodies.length, seed }: VoteParams): readonly Body[] {
  if (size >= bodies.length) return bodies
  const rng = pythonRandom(`${seed} ${rollout} ${canonicalJson(inputs)}`)
  const chosen = new Set(rng.sample(bodies, size))
  return bodies.filter(body => chosen.has(body))
}
