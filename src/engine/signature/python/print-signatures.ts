import { pythonRepr } from '@/lib/python-text'
import { cleanInstructions } from '../clean-instructions'
import { fieldPrefix } from '../label'
import { pythonTypes, pythonValue } from '../python-classes'
import { pythonName } from '../python-name'
import type { Field, Signature } from '../signature'
import { constraintNames } from '../types/constraint-rules'
import type { Constraints } from '../types/constraints'
import type { FieldType } from '../types/field-type'
import { classesIn } from '../types/registry'

/** A signature with what its class is called, as a person wrote it: the name of a step. */
export type NamedSignature = Pick<Signature, 'instructions'> & { readonly name: string; readonly fields: readonly Omit<Field, 'id'>[] }

/**
 * Signatures as one Python text: imports, the pydantic models and Enums of their types, and a class for each. `readPythonSignatures` reads it
 * back. An object without a name becomes a model named after its field; see `pythonTypes`.
 */
export function printPythonSignatures(signatures: readonly NamedSignature[]): string {
  const { imports, classes, annotations } = pythonTypes(signatures.flatMap(({ fields }) => fields))
  const taken = new Set([
    ...reserved,
    ...classesIn(signatures.flatMap(({ fields }) => fields.map(({ type }) => type))).map(({ name }) => name),
  ])
  for (const [, name = ''] of classes.matchAll(/^class (\w+)/gm)) taken.add(name)
  const types = annotations.values()
  const blocks = signatures.map(signature => {
    const fields = signature.fields.map(field => fieldLine(field, types.next().value ?? 'str'))
    const body = [docstring(signature.instructions), ...(fields.length > 0 ? ['', ...fields] : [])]
    return `class ${className(signature.name, taken)}(dspy.Signature):\n${body.map(line => (line === '' ? '' : `    ${line}`)).join('\n')}\n`
  })
  const needed = new Set([...imports, 'import dspy', ...(usesDates(blocks) ? ['import datetime'] : [])])
  return [[...needed].join('\n') + '\n', ...(classes === '' ? [] : [classes]), ...blocks].join('\n\n')
}

function fieldLine(field: Omit<Field, 'id'>, annotation: string): string {
  const { name, role, type, desc, default: value, prefix, constraints = {} } = field
  const said = [
    ...(desc === '' ? [] : [`desc=${pythonRepr(desc)}`]),
    ...(prefix === undefined || prefix === fieldPrefix({ name }) ? [] : [`prefix=${pythonRepr(prefix)}`]),
    ...(value === undefined ? [] : [`default=${pythonValue(type, value)}`]),
    ...boundsOf(type, constraints),
  ]
  return `${name}: ${annotation} = dspy.${role === 'input' ? 'InputField' : 'OutputField'}(${said.join(', ')})`
}

function boundsOf(type: FieldType, constraints: Constraints): readonly string[] {
  return Object.entries(constraintNames).flatMap(([key, name]) => {
    const value = constraints[key as keyof Constraints]
    return value === undefined
      ? []
      : [`${name}=${typeof value === 'string' && key !== 'pattern' ? pythonValue(type, value) : pythonRepr(value)}`]
  })
}

/** Lines stay lines, at the indent of the class; Python takes that indent away again. */
function docstring(text: string): string {
  const cleaned = cleanInstructions(text)
  // Without a line to measure it by, Python leaves an indent where it is.
  const indent = cleaned
    .split('\n')
    .slice(1)
    .some(line => line.trim() !== '')
    ? '    '
    : ''
  const escaped = cleaned
    .replaceAll('\\', '\\\\')
    .replace(/"(?="|$)/g, '\\"')
    // Whatever Python's lines or readers might take for something else.
    // oxlint-disable-next-line no-control-regex
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/g, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `"""${escaped.replaceAll('\n', `\n${indent}`)}"""`
}

/** `classify_ticket` → `ClassifyTicket`, and no name twice. */
function className(label: string, taken: Set<string>): string {
  const plain = pythonName(label)
    .split('_')
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
  const first = /^[A-Z]/.test(plain) ? plain : `Step${plain}`
  let name = first
  for (let count = 2; taken.has(name); count += 1) name = `${first}${count}`
  taken.add(name)
  return name
}

function usesDates(blocks: readonly string[]): boolean {
  return blocks.some(block => block.includes('datetime.'))
}

const reserved: readonly string[] = 'Any Literal Optional Union Annotated BaseModel Field Enum Signature'.split(' ')
