import { newId } from '@/lib/ids'
import type { FieldType } from '@/engine/signature/types/field-type'
import type { Field } from '@/engine/signature/signature'
import type { ModuleId, ProgramGraph, ProgramNode } from '@/engine/program/program'
import { moduleKind, nodeKindOf } from '@/engine/modules/registry'
import { nodeNames, uniqueName } from './names'

export type NodeKind = ProgramNode['kind']

export interface NewNodeOptions {
  readonly name?: string
  /** Instead of the default fields. Ids are kept. */
  readonly fields?: readonly Field[]
  /** What answers a signature, where it is not the usual one. */
  readonly module?: ModuleId | undefined
}

/** A node that works at once: with fields and a name that is free in the program. */
export function newNode(kind: NodeKind, graph: ProgramGraph, options: NewNodeOptions = {}): ProgramNode {
  const id = newId('node')
  const start = startOf(kind)
  const name = uniqueName(options.name ?? start.name, nodeNames(graph))
  const fields = options.fields ?? [
    ...start.inputs.map(input => newField(input, 'input')),
    ...start.outputs.map(output => newField(output, 'output')),
  ]
  const module = kind === 'signature' && options.module !== undefined ? moduleKind(options.module) : undefined
  if (module) return module.starter({ id, name, fields })
  const step = nodeKindOf({ kind })
  // What is no step is one of the two ends, which hold nothing but fields.
  return step ? step.make({ id, name, fields }) : { kind: kind === 'output' ? kind : 'input', id, name, fields }
}

/** Names of a new node's fields, and its own. */
export function startOf(kind: NodeKind): {
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
} {
  return nodeKindOf({ kind })?.start ?? (kind === 'output' ? outputStart : inputStart)
}

const inputStart = { name: 'input', inputs: [], outputs: ['text'] }
const outputStart = { name: 'output', inputs: ['answer'], outputs: [] }

export function newField(name: string, role: Field['role'], type: FieldType = { kind: 'str' }, desc = ''): Field {
  return { id: newId('field'), name, role, type, desc }
}
