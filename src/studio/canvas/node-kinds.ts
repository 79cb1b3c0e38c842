import type { LucideIcon } from 'lucide-react'
import { ArrowRightFromLine, ArrowRightToLine, Braces, PenLine } from 'lucide-react'
import type { ProgramNode } from '@/engine/program/program'

export type NodeKind = ProgramNode['kind']

export interface NodeKindInfo {
  readonly kind: NodeKind
  readonly title: string
  readonly help: string
  readonly icon: LucideIcon
}

/** What the palette, the add menu and the outline offer, in reading order. */
export const nodeKinds: readonly NodeKindInfo[] = [
  { kind: 'input', title: 'Input', help: 'Where a row of data enters', icon: ArrowRightFromLine },
  { kind: 'signature', title: 'Signature', help: 'Asks the LM: typed inputs to typed outputs', icon: PenLine },
  { kind: 'code', title: 'Code', help: 'Your JavaScript between two steps', icon: Braces },
  { kind: 'output', title: 'Output', help: 'What the program returns', icon: ArrowRightToLine },
]

export function nodeKindInfo(kind: NodeKind): NodeKindInfo {
  return nodeKinds.find(info => info.kind === kind) ?? nodeKinds[1]!
}

/** Kinds that have an end on the other side of a wire: an output feeds everything but Input, an input is fed by everything but Output. */
export function kindsAccepting(side: 'from' | 'to'): readonly NodeKindInfo[] {
  return nodeKinds.filter(info => info.kind !== (side === 'from' ? 'input' : 'output'))
}
