import type { Json } from '@/lib/json'
import { pythonJson, pythonStr } from '@/lib/python-text'
import type { Demo } from '../program/program'
import { cleanInstructions } from '../signature/clean-instructions'
import { valuesOfEnum } from '../signature/types/class-kinds'
import type { FieldType } from '../signature/types/field-type'
import { noteSchemaOf } from '../signature/json-schema'
import type { Field, Signature } from '../signature/signature'
import { constraintPhrases } from './constraint-phrases'
import { promptTypeName } from '../signature/type-name'
import { frameText } from './frame-text'
import { linesOf } from './line-ends'
import { typeWords } from './type-words'

/** What an adapter adds to the parts all adapters share. */
export interface Layout {
  /** One field of a user message: its marker and its value as text. */
  block(name: string, value: string): string
  /** A value of a user message as text; as `formatValue` where it is absent. */
  value?(field: Field, value: Json): string
  /** The whole system message, of a layout that is another from end to end. */
  system?(inputs: readonly Field[], outputs: readonly Field[], instructions: string): string
  /** The middle part of the system message: how inputs and outputs are laid out. */
  structure(inputs: readonly Field[], outputs: readonly Field[]): string
  /** Closes the last user message. */
  reminder(outputs: readonly Field[]): string
  /** The assistant's message of a demo; `filler` stands for outputs that the demo lacks. */
  answer(outputs: readonly Field[], demo: Demo, filler: string | undefined): string
}

/** All of a prompt that depends on the fields alone: worked out once for each list of fields, not for each row. */
export interface Frame {
  readonly inputs: readonly Field[]
  readonly outputs: readonly Field[]
  readonly reminder: string
  system(instructions: string): string
}

/** `frameOf(signature)` for one layout. Frames live as long as the `fields` list they were made for. */
export function frames(layout: Layout): (signature: Signature) => Frame {
  const made = new WeakMap<readonly Field[], Frame>()
  return ({ fields }) => {
    const known = made.get(fields)
    if (known) return known
    const frame = makeFrame(fields, layout)
    made.set(fields, frame)
    return frame
  }
}

/** A block of the chat layout: the marker line, then the value. */
export function block(name: string, value: string): string {
  return `[[ ## ${name} ## ]]\n${value}`
}

/** `{name}` with the note that tells an output's form; inputs and plain texts need none. `isExact`: as DSPy has it, see `Adapter`. */
export function placeholder(field: Field, isExact: boolean): string {
  const note = field.role === 'output' ? noteFor(field.type, isExact) : undefined
  return note === undefined ? `{${field.name}}` : `{${field.name}}        # note: ${note}`
}

/** A name of the reminder with a remark on its type, which plain texts do not need. */
export function reminded(field: Field, marked: string): string {
  if (field.type.kind === 'tool-calls') return `${marked} ${frameText.valueOfToolCalls}`
  return field.type.kind === 'str' ? marked : `${marked} ${frameText.valueOf(promptTypeName(field.type))}`
}

function makeFrame(fields: readonly Field[], layout: Layout): Frame {
  const inputs = fields.filter(field => field.role === 'input')
  const outputs = fields.filter(field => field.role === 'output')
  const head = [
    `${frameText.inputsHeading}\n${numberedLines(inputs)}`.trim(),
    `${frameText.outputsHeading}\n${numberedLines(outputs)}`.trim(),
    layout.structure(inputs, outputs),
  ].join('\n')
  let last: { readonly instructions: string; readonly system: string } | undefined
  return {
    inputs,
    outputs,
    reminder: layout.reminder(outputs),
    system(instructions) {
      if (last?.instructions !== instructions) {
        const cleaned = cleanInstructions(instructions)
        const system = layout.system ? layout.system(inputs, outputs, cleaned) : `${head}\n${task(cleaned)}`
        last = { instructions, system }
      }
      return last.system
    },
  }
}

/** The fields as a system message lists them. */
export function numberedLines(fields: readonly Field[]): string {
  return fields
    .map((field, i) => `${i + 1}. \`${field.name}\` (${promptTypeName(field.type)}): ${described(field)}${bounded(field)}`)
    .join('\n')
}

/** DSPy's own default, `${name}`, says nothing and is left out. */
function described(field: Field): string {
  const desc = field.desc === `\${${field.name}}` ? '' : field.desc
  return [desc, ...typeWords(field.type).map(frameText.typeWords)].join('\n')
}

/** DSPy's marker, without an indent. */
function bounded({ constraints = {} }: Field): string {
  const phrases = constraintPhrases(constraints)
  return phrases.length === 0 ? '' : `\nConstraints: ${phrases.join(', ')}`
}

function task(cleaned: string): string {
  const lines = linesOf(cleaned).map(line => `\n        ${line}`)
  return frameText.objective + lines.join('')
}

function noteFor(type: FieldType, isExact: boolean): string | undefined {
  switch (type.kind) {
    case 'str':
    case 'reasoning':
    case 'code':
      return undefined
    case 'any':
      // The schema of anything is `{}`, which tells nobody anything.
      return isExact ? frameText.schemaNote('{}') : frameText.anyNote
    case 'bool':
      return frameText.boolNote
    case 'int':
    case 'float':
      return frameText.numberNote(type.kind)
    case 'enum':
      return frameText.optionsNote(type.values.map(pythonStr))
    case 'enum-class':
      return frameText.optionsNote(valuesOfEnum(type).map(pythonStr))
    default:
      return frameText.schemaNote(pythonJson(noteSchemaOf(type)))
  }
}
