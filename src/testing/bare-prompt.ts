import type { Adapter } from '@/engine/adapters/adapter'
import type { Values } from '@/engine/base/example'
import { plainMessages } from '@/engine/lm/parts'
import type { Demo } from '@/engine/program/program'
import type { Signature } from '@/engine/signature/signature'
import { probe, withoutWording, wordingOf, type Wording } from './frame-wording'

/** The messages of a prompt with a token such as `⟨inputs⟩` in place of each sentence of ours: what is left is DSPy's, to the byte. */
export function barePrompt(adapter: Adapter, signature: Signature, demos: readonly Demo[], inputs: Values): readonly string[] {
  let wording = wordings.get(adapter)
  if (wording === undefined) {
    const { fields, instructions } = probe
    wordings.set(
      adapter,
      (wording = wordingOf(adapter.id, plainMessages(adapter.format({ fields, instructions }, probe.demos, probe.inputs)))),
    )
  }
  const known = wording
  const messages = plainMessages(adapter.format(signature, demos, inputs))
  return messages.map((message, index) => withoutWording(known, message, index === messages.length - 1, signature.fields))
}

const wordings = new Map<Adapter, Wording>()
