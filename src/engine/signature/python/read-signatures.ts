import { EngineError, isEngineError } from '../../base/errors'
import { cleanInstructions } from '../clean-instructions'
import { defaultInstructions } from '../default-instructions'
import { fieldNameProblem } from '../types/field-name'
import { fieldPrefix } from '../label'
import { parseSignatureLine } from '../parse-signature'
import type { Field } from '../signature'
import { syntaxError, type Token, TokenReader } from '../tokens'
import { readFieldCall } from './field-call'
import { pythonLines } from './lines'
import { closed, dottedName, type PythonClass, pythonModule, type PythonModule } from './module'
import { docIn, PythonNames } from './names'

/** A signature of a Python text. Inputs come first, then outputs, as DSPy lists them. */
export interface PythonSignature {
  readonly name: string
  readonly line: number
  /** Its docstring, or what it inherits; undefined where DSPy makes the default sentence. */
  readonly instructions: string | undefined
  readonly fields: readonly Omit<Field, 'id'>[]
}

/** A sentence about a line of the text, counted from 1. */
export interface LineRemark {
  readonly line: number
  readonly message: string
}

export interface PythonReading {
  readonly signatures: readonly PythonSignature[]
  /** Fields and signatures that could not be read, and are not there. */
  readonly missing: readonly LineRemark[]
  /** What is there otherwise than it was written. */
  readonly remarks: readonly LineRemark[]
}

/**
 * Reads the signatures of a Python text: classes that derive from `dspy.Signature`, and `NAME = dspy.Signature('q -> a', '…')`, with the
 * pydantic models, Enums, names of types and constants that the text defines. The text is read and never run, in time that grows with its
 * length alone. Throws `EngineError` `signature-syntax` with `facts.line` for a text that holds no signature or is no Python.
 * Source: dspy-spec §1.2.
 */
export function readPythonSignatures(source: string): PythonReading {
  const text = source.replace(/\r\n?/g, '\n')
  const lineOf = lineCounter(text)
  if (text.length > longest)
    throw refused(`This text is longer than ${longest.toLocaleString('en-US')} characters. Paste the signatures alone.`, 1)
  try {
    const module = pythonModule(pythonLines(text))
    const names = new PythonNames(module)
    const read = new Reader(module, names)
    const signatures = read.all()
    const missing = read.missing.map(({ message, position }) => ({ line: lineOf(position), message }))
    if (signatures.length === 0 && missing.length === 0)
      throw refused('No signature stands here. Paste a class that derives from dspy.Signature, with the classes it needs.', 1)
    return {
      signatures: signatures.map(({ position, ...signature }) => ({ ...signature, line: lineOf(position) })),
      missing: inOrder(missing),
      remarks: inOrder(names.remarks.map(({ message, position }) => ({ line: lineOf(position), message }))),
    }
  } catch (error) {
    if (!isEngineError(error, 'signature-syntax') || error.facts['line'] !== undefined) throw error
    const { position } = error.facts
    throw refused(error.message, typeof position === 'number' ? lineOf(position) : 1)
  }
}

type Placed = Omit<PythonSignature, 'line'> & { readonly position: number }
interface Own {
  readonly instructions: string | undefined
  readonly fields: ReadonlyMap<string, Omit<Field, 'id'>>
}

class Reader {
  readonly missing: { readonly message: string; readonly position: number }[] = []
  readonly #module: PythonModule
  readonly #names: PythonNames
  readonly #read = new Map<string, Own | undefined>()
  #fields = 0

  constructor(module: PythonModule, names: PythonNames) {
    this.#module = module
    this.#names = names
  }

  all(): readonly Placed[] {
    const found: Placed[] = []
    for (const written of this.#module.classes.values()) {
      const { name, head } = written
      if (this.#names.kindOf(name) !== 'signature') continue
      const own = this.#signature(name, written, 0)
      if (own) found.push({ name, instructions: own.instructions, fields: sorted([...own.fields.values()]), position: head.position })
    }
    for (const [name, tokens] of this.#module.assigned) {
      const [first] = tokens
      const line = first && this.#callsSignature(tokens) && this.#keeping(first, () => this.#fromLine(name, tokens))
      if (line) found.push(line)
    }
    return found.sort((a, b) => a.position - b.position)
  }

  #signature(name: string, written: PythonClass, depth: number): Own | undefined {
    if (this.#read.has(name)) return this.#read.get(name)
    this.#read.set(name, undefined)
    const fields = new Map<string, Omit<Field, 'id'>>()
    let inherited: string | undefined
    for (const base of written.bases) {
      const around = this.#module.classes.get(base)
      const own =
        around && this.#names.kindOf(base) === 'signature' && depth < mostNested ? this.#signature(base, around, depth + 1) : undefined
      if (own === undefined) continue
      for (const [key, field] of own.fields) fields.set(key, field)
      // A class without a docstring has the default sentence as its own, and hands that on.
      const told = own.instructions ?? defaultInstructions([...own.fields.values()])
      if (told !== '') inherited = told
    }
    const doc = this.#doc(written)
    for (const { tokens } of written.body) {
      const [first] = tokens
      const field = first && this.#keeping(first, () => this.#field(tokens))
      if (field) fields.set(field.name, field)
    }
    this.#fields += fields.size
    if (this.#fields > mostFields)
      throw syntaxError(`This text holds more than ${mostFields.toLocaleString('en-US')} fields. Paste fewer signatures.`, written.head)
    const own = { instructions: doc === undefined ? inherited : cleanInstructions(doc), fields }
    this.#read.set(name, own)
    return own
  }

  #doc({ body, head }: PythonClass): string | undefined {
    const [first] = body[0]?.tokens ?? []
    if (first?.kind === 'string' && first.prefix?.includes('f'))
      this.missing.push({
        message: `The docstring of \`${head.text}\` is an f-string, which is none to Python. Write it without the f.`,
        position: first.position,
      })
    const assigned = body.find(({ tokens }) => tokens[0]?.text === '__doc__' && tokens[1]?.text === '=')
    return docIn(body[0]) ?? (assigned && docIn({ ...assigned, tokens: assigned.tokens.slice(2) }))
  }

  /** `name: type = InputField(…)`; undefined for a statement that declares nothing. */
  #field(tokens: readonly Token[]): Omit<Field, 'id'> | undefined {
    const [name, next] = tokens
    if (name?.kind !== 'name' || next?.kind !== 'sign' || (next.text !== ':' && next.text !== '=') || name.text.startsWith('__'))
      return undefined
    if (name.text === 'model_config' || tokens[2]?.text === 'ClassVar') return undefined
    const reader = new TokenReader(closed(tokens.slice(1)), this.#names)
    const type: Field['type'] = reader.takeSign(':') ? this.#names.annotation(reader) : { kind: 'str' }
    const problem = fieldNameProblem(name.text)
    if (problem) throw syntaxError(problem, name)
    const role =
      reader.takeSign('=') && reader.peek().kind === 'name'
        ? rolesOf.get(lastName(this.#names.fullName(dottedName(reader) ?? '')))
        : undefined
    if (role === undefined || !reader.isSign('('))
      throw syntaxError(`\`${name.text}\` needs dspy.InputField() or dspy.OutputField() behind it.`, name)
    const { desc = '', prefix, ...keys } = readFieldCall(reader, this.#names, name)
    reader.expectEnd('the field')
    return {
      name: name.text,
      role,
      type,
      desc: desc === `\${${name.text}}` ? '' : desc,
      ...keys,
      ...(prefix !== undefined && prefix !== fieldPrefix({ name: name.text }) && { prefix }),
    }
  }

  #callsSignature(tokens: readonly Token[]): boolean {
    const reader = new TokenReader(closed(tokens.slice(0, 12)))
    return lastName(this.#names.fullName(dottedName(reader) ?? '')) === 'Signature' && reader.isSign('(')
  }

  /** `dspy.Signature('question -> answer', 'Answer.')`; undefined where another value stands in the brackets. */
  #fromLine(name: string, tokens: readonly Token[]): Placed | undefined {
    const reader = new TokenReader(closed(tokens), this.#names)
    dottedName(reader)
    if (!reader.takeSign('(') || reader.peek().kind !== 'string') return undefined
    const at = reader.peek()
    const line = this.#names.value(reader)
    if (reader.takeSign(',') && reader.peek().text === 'instructions' && reader.peek(1).text === '=') {
      reader.take()
      reader.take()
    }
    const told = reader.isSign(')') ? undefined : this.#names.value(reader)
    const { inputs, outputs, remarks } = inQuotes(at, () => parseSignatureLine(String(line), this.#names))
    this.#names.remarks.push(...remarks.map(({ message }) => ({ message, position: at.position, end: at.end })))
    const fields = [
      ...inputs.map(field => ({ ...field, role: 'input' as const, desc: '' })),
      ...outputs.map(field => ({ ...field, role: 'output' as const, desc: '' })),
    ]
    // An empty text counts as none here, other than as a docstring.
    const isTold = typeof told === 'string' && told !== ''
    return { name, instructions: isTold ? cleanInstructions(told) : undefined, fields, position: at.position }
  }

  /** What cannot be read is named, and the rest goes on. */
  #keeping<T>(at: Token, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!isEngineError(error, 'signature-syntax')) throw error
      const { position } = error.facts
      const message = at.kind === 'name' && !error.message.includes(`\`${at.text}\``) ? `\`${at.text}\`: ${error.message}` : error.message
      this.missing.push({ message, position: typeof position === 'number' && position > 0 ? position : at.position })
      return undefined
    }
  }
}

/** Positions in a text in quotes are none of the text around it. */
function inQuotes<T>(at: Token, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw isEngineError(error, 'signature-syntax') ? syntaxError(error.message, at) : error
  }
}

function sorted(fields: readonly Omit<Field, 'id'>[]): readonly Omit<Field, 'id'>[] {
  return [...fields.filter(({ role }) => role === 'input'), ...fields.filter(({ role }) => role === 'output')]
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

function refused(message: string, line: number): EngineError {
  return new EngineError('signature-syntax', `Line ${line}: ${message}`, { line })
}

function inOrder(remarks: readonly LineRemark[]): readonly LineRemark[] {
  const once = new Map(remarks.map(remark => [`${remark.line} ${remark.message}`, remark]))
  return [...once.values()].sort((a, b) => a.line - b.line)
}

function lineCounter(text: string): (position: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return position => {
    let low = 0
    for (let high = starts.length; high - low > 1;) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= position) low = middle
      else high = middle
    }
    return low + 1
  }
}

const longest = 1_000_000
const mostNested = 50
const mostFields = 5_000
const rolesOf: ReadonlyMap<string, Field['role']> = new Map<string, Field['role']>([
  ['InputField', 'input'],
  ['OutputField', 'output'],
  ['OldInputField', 'input'],
  ['OldOutputField', 'output'],
])
