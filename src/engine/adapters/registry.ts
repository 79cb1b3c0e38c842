import type { ProgramGraph, ProgramNode } from '../program/program'
import type { Adapter } from './adapter'
import { defaultAdapterId, isAdapterId, type AdapterId } from '../program/adapter-id'
import { bamlAdapter } from './baml'
import { chatAdapter } from './chat'
import { jsonAdapter } from './json'
import { twoStepAdapter } from './two-step'
import { xmlAdapter } from './xml'

export const adapters: Readonly<Record<AdapterId, Adapter>> = {
  chat: chatAdapter,
  json: jsonAdapter,
  xml: xmlAdapter,
  baml: bamlAdapter,
  'two-step': twoStepAdapter,
}

/** The adapter a step asks with: its own choice, else the program's, else chat. */
export function adapterFor(graph: Pick<ProgramGraph, 'adapter'>, node?: ProgramNode): Adapter {
  const own = node && 'adapter' in node ? node.adapter : undefined
  const id = own ?? graph.adapter ?? defaultAdapterId
  // One of another version is shown by the usual one, and never asked with: the check of the program refuses it.
  return adapters[isAdapterId(id) ? id : defaultAdapterId]
}

/** What questions to a judge are laid out with: as the program says, but in one request each. */
export function judgeAdapter(graph: Pick<ProgramGraph, 'adapter'>): Adapter {
  const adapter = adapterFor(graph)
  return adapter.extraction?.adapter ?? adapter
}

/** Requests of one question, those left out that only follow an answer that cannot be read. */
export function requestsOf({ extraction }: Adapter): 1 | 2 {
  return extraction ? 2 : 1
}
