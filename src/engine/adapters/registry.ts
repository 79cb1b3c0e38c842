import type { ProgramGraph, ProgramNode } from '../program/program'
import type { Adapter } from './adapter'
import { defaultAdapterId, isAdapterId, type AdapterId } from '../program/adapter-id'
import { chatAdapter } from './chat'
import { jsonAdapter } from './json'
import { xmlAdapter } from './xml'

export const adapters: Readonly<Record<AdapterId, Adapter>> = { chat: chatAdapter, json: jsonAdapter, xml: xmlAdapter }

/** The adapter a step asks with: its own choice, else the program's, else chat. */
export function adapterFor(graph: Pick<ProgramGraph, 'adapter'>, node?: ProgramNode): Adapter {
  const own = node && 'adapter' in node ? node.adapter : undefined
  const id = own ?? graph.adapter ?? defaultAdapterId
  // One of another version is shown by the usual one, and never asked with: the check of the program refuses it.
  return adapters[isAdapterId(id) ? id : defaultAdapterId]
}
