import type { ProgramGraph, ProgramNode } from '../program/program'
import type { Adapter } from './adapter'
import { defaultAdapterId, isAdapterId, type AdapterId } from '../program/adapter-id'
import { bamlAdapter, exactBamlAdapter } from './baml'
import { chatAdapter, exactChatAdapter } from './chat'
import { exactJsonAdapter, jsonAdapter } from './json'
import { exactTwoStepAdapter, twoStepAdapter } from './two-step'
import { exactXmlAdapter, xmlAdapter } from './xml'

export const adapters: Readonly<Record<AdapterId, Adapter>> = {
  chat: chatAdapter,
  json: jsonAdapter,
  xml: xmlAdapter,
  baml: bamlAdapter,
  'two-step': twoStepAdapter,
}

/** The same where DSPy is followed to the letter. */
export const exactAdapters: Readonly<Record<AdapterId, Adapter>> = {
  chat: exactChatAdapter,
  json: exactJsonAdapter,
  xml: exactXmlAdapter,
  baml: exactBamlAdapter,
  'two-step': exactTwoStepAdapter,
}

/** What of a program decides how it asks. */
type Asking = Pick<ProgramGraph, 'adapter' | 'dspyExact'>

/** The adapter a step asks with: its own choice, else the program's, else chat; to the letter where the program says so. */
export function adapterFor(graph: Asking, node?: ProgramNode): Adapter {
  const own = node && 'adapter' in node ? node.adapter : undefined
  const id = own ?? graph.adapter ?? defaultAdapterId
  // One of another version is shown by the usual one, and never asked with: the check of the program refuses it.
  return adapterOf(isAdapterId(id) ? id : defaultAdapterId, graph)
}

/** What is asked aside of the program, by optimizers. */
export function asideAdapter(graph: Asking): Adapter {
  return adapterOf('chat', graph)
}

/** What questions to a judge are laid out with: as the program says, but in one request each. */
export function judgeAdapter(graph: Asking): Adapter {
  const adapter = adapterFor(graph)
  return adapter.extraction?.adapter ?? adapter
}

function adapterOf(id: AdapterId, { dspyExact }: Asking): Adapter {
  return (dspyExact ? exactAdapters : adapters)[id]
}

/** Requests of one question, those left out that only follow an answer that cannot be read. */
export function requestsOf({ extraction }: Adapter): 1 | 2 {
  return extraction ? 2 : 1
}
