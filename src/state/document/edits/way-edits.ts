import type { WayRule } from '@/engine/modules/branch'
import type { NodeId } from '@/engine/program/program'
import { editShown } from '../shown-program'
import { insertWay, writeDeciding, writeHanded, writeRule } from './way-draft'

/** When a way of a branch is taken. What is typed into one condition is one step of undo. */
export function setWayRule(nodeId: NodeId, output: string, rule: WayRule | undefined): void {
  editShown('Edit way', draft => writeRule(draft, nodeId, { output, rule }), { undo: 'merge', mergeKey: `way:${nodeId}:${output}` })
}

export function addWay(nodeId: NodeId): void {
  editShown('Add way', draft => insertWay(draft, nodeId))
}

/** Which input goes on by the way that is taken. */
export function setHandedInput(nodeId: NodeId, name: string): void {
  editShown('Choose what is handed on', draft => writeHanded(draft, nodeId, name))
}

/** Which input decides by its value; undefined for conditions alone. */
export function setDecidingInput(nodeId: NodeId, name: string | undefined): void {
  editShown('Choose what decides', draft => writeDeciding(draft, nodeId, name))
}
