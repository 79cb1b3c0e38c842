import type { ProgramGraph } from '@/engine/program/program'
import type { Verdict } from './verdict'

/** `base`, or `base_2`, `base_3`… when it is taken. Names that differ only by case count as the same. */
export function uniqueName(base: string, taken: Iterable<string>): string {
  const used = new Set([...taken].map(name => name.toLowerCase()))
  if (!used.has(base.toLowerCase())) return base
  const stem = base.replace(/_\d+$/, '')
  let number = 2
  while (used.has(`${stem}_${number}`.toLowerCase())) number += 1
  return `${stem}_${number}`
}

export function nodeNames(graph: ProgramGraph): string[] {
  return graph.nodes.map(node => node.name)
}

/** Names are labels: any words, as long as they tell the nodes apart. */
export function checkNodeName(graph: ProgramGraph, id: string, name: string): Verdict {
  if (name === '') return { ok: false, reason: 'A node needs a name.' }
  if (name.length > 60) return { ok: false, reason: 'Keep the name under 60 characters.' }
  const other = graph.nodes.find(node => node.id !== id && node.name.toLowerCase() === name.toLowerCase())
  return other === undefined ? { ok: true } : { ok: false, reason: `Another node is called "${other.name}" already.` }
}
