import { castDraft } from 'immer'
import { canonicalJson } from '@/lib/canonical-json'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import type { Field } from '@/engine/signature/signature'
import type { ProjectDraft } from '../project-store'
import { plain } from './graph-draft'

type NodeDraft = ProjectDraft['graph']['nodes'][number]
interface Change {
  readonly before: readonly Field[]
  readonly after: readonly Field[]
}

/**
 * What a branch says of its fields goes by name, so it follows a rename, and goes with a field that goes. Its outputs have the type of the
 * input they hand on: they are typed with it, and a new one is.
 */
export function followInWays(node: NodeDraft, { before, after }: Change): void {
  if (node.kind !== 'branch') return
  const params = plain(node.moduleParams)
  const nameOf = (role: Field['role'], name: Json | undefined): string | undefined => {
    const old = before.find(field => field.role === role && field.name === name)
    return old === undefined ? undefined : after.find(({ id }) => id === old.id)?.name
  }
  const inputs = after.filter(({ role }) => role === 'input')
  const { on, gives, ways, ...rest } = params
  const deciding = on === undefined ? undefined : nameOf('input', on)
  const handed = nameOf('input', gives) ?? inputs[0]?.name ?? ''
  const next: JsonObject = {
    ...rest,
    gives: handed,
    ...(deciding !== undefined && { on: deciding }),
    ways: Object.fromEntries(
      Object.entries(isJsonObject(ways ?? null) ? (ways as JsonObject) : {}).flatMap(([name, rule]) => {
        const now = nameOf('output', name)
        return now === undefined ? [] : [[now, rule]]
      }),
    ),
  }
  if (canonicalJson(next) !== canonicalJson(params)) node.moduleParams = castDraft(next)
  typeWays(node, { before, after }, handed)
}

function typeWays(node: NodeDraft, { before, after }: Change, handed: string): void {
  const source = after.find(({ role, name }) => role === 'input' && name === handed)
  if (source === undefined) return
  const old = before.find(({ id }) => id === source.id)?.type ?? source.type
  for (const field of node.fields.filter(({ role }) => role === 'output')) {
    const isNew = !before.some(({ id }) => id === field.id)
    const followed = isNew ? field.type.kind === 'str' : canonicalJson(plain(field.type)) === canonicalJson(old)
    if (followed && canonicalJson(plain(field.type)) !== canonicalJson(source.type)) field.type = castDraft(source.type)
  }
}
