import type { Json } from '@/lib/json'
import { someOf } from '@/lib/some-of'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import type { Field, Signature } from '../signature/signature'
import type { Coerced } from '../signature/types/type-kind'

/**
 * Reads each output of a signature out of an answer; `read` gives undefined for one that is not there. An output that is missing is its
 * default, or null where it may be empty; anything else missing or unreadable throws `adapter-parse` with `facts`: the whole text, the adapter, the
 * fields that could be read (`parsed`), and the names of the others (`missing`, `unreadable`).
 */
export function readOutputs(
  signature: Signature,
  { text, adapter }: { readonly text: string; readonly adapter: string },
  read: (field: Field) => Coerced | undefined,
): Values {
  const entries: [string, Json][] = []
  const missing: string[] = []
  const unreadable: string[] = []
  let reason = ''
  for (const field of signature.fields) {
    if (field.role !== 'output') continue
    const result = read(field)
    if (result === undefined) {
      if (field.default !== undefined) entries.push([field.name, field.default])
      else if (field.type.kind === 'optional') entries.push([field.name, null])
      else missing.push(field.name)
      continue
    }
    if (result.ok) entries.push([field.name, result.value])
    else {
      unreadable.push(field.name)
      reason ||= result.reason
    }
  }
  const parsed = Object.fromEntries(entries)
  if (missing.length === 0 && unreadable.length === 0) return parsed
  throw new EngineError('adapter-parse', sentence(text, missing, unreadable, reason), { text, adapter, parsed, missing, unreadable })
}

function sentence(text: string, missing: readonly string[], unreadable: readonly string[], reason: string): string {
  if (text.trim() === '') return 'The model sent an empty answer. Raise the token limit or try another model.'
  if (unreadable.length > 0) {
    const advice = "Say in the instructions or in a field's description what is expected."
    const said = reason.replace(/\.$/, '')
    if (unreadable.length === 1) return `The answer for ${listed(unreadable)} has another type: ${said}. ${advice}`
    return `The answers for ${listed(unreadable)} have other types. For \`${unreadable[0]}\`: ${said}. ${advice}`
  }
  return `The answer lacks ${listed(missing)}. Read it in the trace; clearer instructions, a demo or another model may help.`
}

function listed(names: readonly string[]): string {
  return someOf(
    names.map(name => `\`${name}\``),
    12,
  )
}
