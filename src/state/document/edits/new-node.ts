import { newId } from '@/lib/ids'
import { assertNever } from '@/lib/assert'
import { codeStep } from '@/engine/modules/code'
import { predictModule } from '@/engine/modules/predict-module'
import type { FieldType } from '@/engine/signature/field-type'
import type { Field } from '@/engine/signature/signature'
import type { ProgramGraph, ProgramNode } from '@/engine/program/program'
import { nodeNames, uniqueName } from './names'

export type NodeKind = ProgramNode['kind']

export interface NewNodeOptions {
  readonly name?: string
  /** Instead of the default fields. Ids are kept. */
  readonly fields?: readonly Field[]
}

/** A node that works at once: with fields and a name that is free in the program. */
export function newNode(kind: NodeKind, graph: ProgramGraph, options: NewNodeOptions = {}): ProgramNode {
  const id = newId('node')
  const name = uniqueName(options.name ?? defaultNames[kind], nodeNames(graph))
  const fields = options.fields ?? defaultFields(kind)
  switch (kind) {
    case 'input':
    case 'output':
      return { kind, id, name, fields }
    case 'signature':
      return predictModule.starter({ id, name, fields })
    case 'code':
      return codeStep.starter({ id, name, fields })
    default:
      return assertNever(kind)
  }
}

export function newField(name: string, role: Field['role'], type: FieldType = { kind: 'str' }, desc = ''): Field {
  return { id: newId('field'), name, role, type, desc }
}

const defaultNames: Record<NodeKind, string> = { input: 'input', signature: 'predict', code: 'code', output: 'output' }

function defaultFields(kind: NodeKind): readonly Field[] {
  switch (kind) {
    case 'input':
      return [newField('text', 'output')]
    case 'signature':
      return [newField('question', 'input'), newField('answer', 'output')]
    case 'code':
      return [newField('text', 'input'), newField('result', 'output')]
    case 'output':
      return [newField('answer', 'input')]
    default:
      return assertNever(kind)
  }
}
