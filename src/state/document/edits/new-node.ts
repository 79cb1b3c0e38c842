import { newId } from '@/lib/ids'
import { assertNever } from '@/lib/assert'
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
      return { kind, id, name, fields, module: 'predict', moduleParams: {} }
    case 'code':
      return { kind, id, name, fields, source: defaultSource(fields) }
    default:
      return assertNever(kind)
  }
}

export function newField(name: string, role: Field['role'], type: FieldType = { kind: 'str' }, desc = ''): Field {
  return { id: newId('field'), name, role, type, desc }
}

/** Code that compiles: hands the inputs through under the names of the outputs. */
function defaultSource(fields: readonly Field[]): string {
  const inputs = fields.filter(field => field.role === 'input')
  const outputs = fields.filter(field => field.role === 'output')
  const lines = outputs.map((field, index) => {
    const source = inputs[index] ?? inputs[0]
    return `  ${field.name}: ${source === undefined ? 'null' : `inputs.${source.name}`},`
  })
  return ['return {', ...lines, '}'].join('\n')
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
