import type { ProgramGraph, ProgramNode } from '../program/program'
import type { Adapter } from './adapter'
import { defaultAdapterId, type AdapterId } from '../program/adapter-id'
import { chatAdapter } from './chat'
import { jsonAdapter } from './json'
import { xmlAdapter } from './xml'

export const adapters: Readonly<Record<AdapterId, Adapter>> = { chat: chatAdapter, json: jsonAdapter, xml: xmlAdapter }

/** The adapter a step asks with: its own choice, else the program's, else chat. */
export function adapterFor(graph: Pick<ProgramGraph, 'adapter'>, node?: ProgramNode): Adapter {
  const own = node?.kind === 'signature' ? node.adapter : undefined
  return adapters[own ?? graph.adapter ?? defaultAdapterId]
}
