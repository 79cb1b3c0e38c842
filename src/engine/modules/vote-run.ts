import { canonicalJson } from '@/lib/canonical-json'
import { pythonRandom } from '@/lib/rng'
import type { Values } from '../base/example'
import type { Body, VoteNode } from '../program/program'
import { joinAnswers } from './join-answers'
import type { Scope } from './scope'
import { askedOf, outputsOf, voteParams } from './vote'

export async function runVote(node: VoteNode, inputs: Values, scope: Scope): Promise<Values> {
  voteParams.mustFit(node)
  const ends = await Promise.allSettled(drawn(node, inputs, scope).map(body => scope.run(body.id, inputs)))
  const failed = ends.find(end => end.status === 'rejected')
  if (failed) throw failed.reason
  const outputs = outputsOf(node)
  const names = outputs.map(({ name }) => name)
  const { reduce_fn: reduce, normalize: rule } = voteParams.of(node)
  const answers = ends.flatMap(end => (end.status === 'fulfilled' ? [end.value] : []))
  return joinAnswers(
    reduce,
    answers.map(answer => Object.fromEntries(names.map(name => [name, answer[name] ?? null]))),
    { rule, typeOf: output => outputs.find(({ name }) => name === output)?.type },
  )
}

function drawn(node: VoteNode, inputs: Values, { rollout }: Scope): readonly Body[] {
  const count = askedOf(node)
  if (count === node.bodies.length) return node.bodies
  const rng = pythonRandom(`${voteParams.of(node).seed} ${rollout} ${canonicalJson(inputs)}`)
  const chosen = new Set(rng.sample(node.bodies, count))
  return node.bodies.filter(body => chosen.has(body))
}
