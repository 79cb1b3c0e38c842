import { moduleKinds } from '@/engine/modules/registry'
import type { ModuleId } from '@/engine/program/program'
import { nodeKindInfo, type NodeKindInfo } from './node-kinds'

/** One thing that the add menu can put on the canvas. A module is a signature that is answered by it from the start. */
export interface NodeChoice extends NodeKindInfo {
  readonly id: string
  readonly module?: ModuleId
}

/**
 * What is meant by the words typed, best first: names before the beginnings of names, those before names that hold the words, and help texts
 * last. Spaces, dashes and case do not count, and the initials of a module are a name of it ("cot"). Modules are offered once something is
 * typed; with nothing typed, the kinds as they are.
 */
export function findKinds(kinds: readonly NodeKindInfo[], query: string): readonly NodeChoice[] {
  const choices: readonly NodeChoice[] = kinds.map(info => ({ ...info, id: info.kind }))
  const wanted = plain(query)
  if (wanted === '') return query.trim() === '' ? choices : []
  const all = kinds.some(({ kind }) => kind === 'signature') ? [...choices, ...modules()] : choices
  return all
    .map(choice => ({ choice, rank: rankOf(choice, wanted) }))
    .filter(({ rank }) => rank < Infinity)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice)
}

function modules(): readonly NodeChoice[] {
  const info = nodeKindInfo('signature')
  return moduleKinds.map(({ id, title, help }) => ({ ...info, id, module: id, title, help: `${info.title}: ${help}` }))
}

function rankOf({ id, module, title, help }: NodeChoice, wanted: string): number {
  const names = [title, id, ...(module === undefined ? [] : [initials(title)])].map(plain)
  if (names.includes(wanted)) return 0
  if (names.some(name => name.startsWith(wanted))) return 1
  if (names.some(name => name.includes(wanted))) return 2
  return plain(help).includes(wanted) ? 3 : Infinity
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

function initials(title: string): string {
  return title.replaceAll(/[^A-Z]/g, '')
}
