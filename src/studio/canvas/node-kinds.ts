import type { LucideIcon } from 'lucide-react'
import { ArrowRightFromLine, ArrowRightToLine, Braces, PenLine, Box, Pin, Split, Type, Vote } from 'lucide-react'
import type { ProgramNode } from '@/engine/program/program'
import { nodeKindOf, nodeKinds as stepKinds } from '@/engine/modules/registry'

export type NodeKind = ProgramNode['kind']

/** The colours of an icon, in canvas.css. */
export type Tone = 'accent' | 'gold' | 'violet' | 'info' | 'good' | 'plain'

export interface NodeKindInfo {
  readonly kind: NodeKind
  readonly title: string
  readonly help: string
  readonly icon: LucideIcon
  readonly tone: Tone
  /** What its card says while it has no field. */
  readonly emptyHint: string
}

const input: NodeKindInfo = {
  kind: 'input',
  title: 'Input',
  help: 'Where a row of data enters',
  icon: ArrowRightFromLine,
  tone: 'info',
  emptyHint: 'No fields yet. Add what a row brings in the panel on the right.',
}
const output: NodeKindInfo = {
  kind: 'output',
  title: 'Output',
  help: 'What the program returns',
  icon: ArrowRightToLine,
  tone: 'good',
  emptyHint: 'Drop a wire here to return it.',
}

/** How the kinds of steps are drawn; one that is not named here is a box. */
const looks: Readonly<Partial<Record<NodeKind, Pick<NodeKindInfo, 'icon' | 'tone'>>>> = {
  signature: { icon: PenLine, tone: 'accent' },
  code: { icon: Braces, tone: 'gold' },
  template: { icon: Type, tone: 'gold' },
  constant: { icon: Pin, tone: 'info' },
  branch: { icon: Split, tone: 'violet' },
  vote: { icon: Vote, tone: 'violet' },
}
const plain = { icon: Box, tone: 'plain' } as const

/** What the palette, the add menu and the outline offer, in reading order. */
export function nodeKinds(): readonly NodeKindInfo[] {
  return [input, ...stepKinds.map(stepInfo), output]
}

export function nodeKindInfo(kind: NodeKind): NodeKindInfo {
  return nodeKinds().find(info => info.kind === kind) ?? stepInfo({ id: kind, title: kind, help: '' })
}

/**
 * Kinds that have an end on the other side of a wire: an output feeds everything but Input and what takes nothing in, an input is fed by
 * everything but Output.
 */
export function kindsAccepting(side: 'from' | 'to'): readonly NodeKindInfo[] {
  return nodeKinds().filter(info => (side === 'from' ? info !== input && nodeKindOf(info)?.hasNoInputs !== true : info !== output))
}

function stepInfo({ id, title, help }: { readonly id: NodeKind; readonly title: string; readonly help: string }): NodeKindInfo {
  const emptyHint = 'No fields yet. Add inputs and outputs in the panel on the right.'
  return { kind: id, title, help, ...(looks[id] ?? plain), emptyHint }
}
