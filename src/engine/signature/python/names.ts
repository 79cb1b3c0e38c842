import type { Json } from '@/lib/json'
import { reservedNames } from '@/lib/reserved-names'
import { cleanInstructions } from '../clean-instructions'
import { constants, parseLiteral } from '../parse-literal'
import { parseType, quotedType } from '../parse-type'
import { syntaxError, type NameScope, type SyntaxRemark, type Token, TokenReader } from '../tokens'
import { constrained } from '../types/constraint-rules'
import type { ClassField, EnumMember, EnumValue, FieldType } from '../types/field-type'
import { readFieldCall } from './field-call'
import type { PythonLine } from './lines'
import { closed, dottedName, type PythonClass, type PythonModule } from './module'
import { timeReaders } from '../types/time-kinds'
import { enumType, modelType } from './named-types'

type ClassKind = 'signature' | 'model' | 'enum'
type Resolved = { readonly type: FieldType | undefined; readonly size: number } | { readonly error: unknown }

/**
 * What the names of one Python text mean: classes and names of types that it defines, and values that it gives names. Each is read once,
 * when it is first asked for.
 */
export class PythonNames implements NameScope {
  readonly remarks: SyntaxRemark[] = []
  readonly #module: PythonModule
  readonly #kinds = new Map<string, ClassKind | undefined>()
  readonly #types = new Map<string, Resolved>()
  /** Names whose types are being read, from the outside in. */
  readonly #resolving: string[] = []
  #namedWithin = 0
  /** Types that were put into others so far: names make it easy to write very few that hold very many. */
  #parts = 0
  readonly #values = new Map<string, Json | undefined>()
  #characters = 0

  constructor(module: PythonModule) {
    this.#module = module
  }

  fullName(name: string): string {
    const dot = name.indexOf('.')
    const first = dot < 0 ? name : name.slice(0, dot)
    const full = (this.#module.imports.get(first) ?? first) + (dot < 0 ? '' : name.slice(dot))
    return full.replace(/^(?:typing|typing_extensions|collections\.abc|pydantic|enum|builtins)\./, '')
  }

  /** What a class is made for, by what it derives from. */
  kindOf(name: string, depth = 0): ClassKind | undefined {
    if (this.#kinds.has(name) || depth > mostNested) return this.#kinds.get(name)
    // A class that derives from itself is nothing.
    this.#kinds.set(name, undefined)
    let kind: ClassKind | undefined
    for (const base of this.#module.classes.get(name)?.bases ?? []) {
      const full = this.fullName(base)
      const isWritten = this.#module.classes.has(base)
      kind ??= isWritten ? this.kindOf(base, depth + 1) : kindsOfBase.get(full.slice(full.lastIndexOf('.') + 1))
    }
    this.#kinds.set(name, kind)
    return kind
  }

  typeOf(name: string): FieldType | undefined {
    if (!this.#module.classes.has(name) && !this.#module.assigned.has(name)) return undefined
    if (this.#resolving.includes(name)) return this.#within(name)
    let known = this.#types.get(name)
    if (known === undefined) {
      const before = this.#namedWithin
      known = this.#resolve(name)
      // A name for a part that is the class around it means the whole class elsewhere.
      if (this.#module.classes.has(name) || before === this.#namedWithin) this.#types.set(name, known)
    }
    if ('error' in known) throw known.error
    this.#count(known.size)
    return known.type
  }

  #count(parts: number): void {
    this.#parts += parts
    if (this.#parts > mostParts)
      throw syntaxError(`The types of this text hold more than ${mostParts.toLocaleString('en-US')} parts. Use \`Any\` for some.`, start)
  }

  /** The value behind a name: a constant of the text, or a member of an Enum. Undefined where the text does not say. */
  valueOf(name: string): Json | undefined {
    if (!this.#values.has(name)) this.#values.set(name, this.#readValue(name))
    return this.#values.get(name)
  }

  #readValue(name: string): Json | undefined {
    const dot = name.lastIndexOf('.')
    if (dot > 0) {
      const type = this.typeOf(name.slice(0, dot))
      return type?.kind === 'enum-class' ? type.members.find(member => member.name === name.slice(dot + 1))?.value : undefined
    }
    const tokens = this.#module.assigned.get(name)
    if (tokens === undefined || (tokens[0]?.kind === 'name' && !isConstant(tokens[0]))) return undefined
    const reader = new TokenReader(closed(tokens), this)
    // A constant made of others could be endless.
    const value = parseLiteral(reader)
    return reader.peek().kind === 'end' ? value : undefined
  }

  /** An annotation, which may stand in quotes as a whole. */
  annotation(reader: TokenReader): FieldType {
    const token = reader.peek()
    const isQuoted = token.kind === 'string' && reader.peek(1).text !== '|'
    const type = isQuoted ? quotedType(reader.take(), reader) : parseType(reader)
    this.remarks.push(...reader.remarks)
    return type
  }

  #resolve(name: string): Resolved {
    const before = this.#parts
    const at = this.#module.classes.get(name)?.head ?? this.#module.assigned.get(name)?.[0] ?? start
    try {
      if (this.#resolving.length > mostNested) throw syntaxError(`\`${name}\` is nested too deep. Use \`Any\` for the inner part.`, at)
      this.#resolving.push(name)
      try {
        const type = this.#read(name)
        return { type, size: this.#parts - before + 1 }
      } finally {
        this.#resolving.pop()
      }
    } catch (error) {
      return { error }
    }
  }

  /** A type that is named within itself: a class may hold itself, unless there is another class between the two. */
  #within(name: string): FieldType {
    this.#namedWithin += 1
    const around = this.#resolving.findLast(each => this.#module.classes.has(each))
    if (around === name && this.kindOf(name) === 'model') return { kind: 'itself', name }
    const at = this.#module.classes.get(around ?? name)?.head ?? this.#module.assigned.get(name)?.[0] ?? start
    const words = `\`${name}\` in \`${around ?? name}\` is read as \`Any\`: a class may hold itself, but not by way of another class or name.`
    if (!this.remarks.some(({ message }) => message === words)) this.remarks.push({ position: at.position, end: at.end, message: words })
    return { kind: 'any' }
  }

  #read(name: string): FieldType | undefined {
    const written = this.#module.classes.get(name)
    if (written === undefined) return this.#alias(this.#module.assigned.get(name) ?? [])
    const desc = docOf(written)
    const kind = this.kindOf(name)
    if (kind === 'model') return modelType({ name, desc, parts: this.#modelFields(written) })
    if (kind === 'enum') return enumType({ name, desc, parts: this.#members(written) })
    throw syntaxError(`\`${name}\` is neither a BaseModel nor an Enum. Derive it from one of them.`, written.head)
  }

  #alias(tokens: readonly Token[]): FieldType | undefined {
    const reader = new TokenReader(closed(tokens), this)
    // `NAME = 3` is a value and no type.
    if (reader.peek().kind !== 'name') return undefined
    const type = parseType(reader)
    reader.expectEnd('the type')
    return type
  }

  #modelFields(written: PythonClass, derived = new Set<string>()): readonly ClassField[] {
    derived.add(written.name)
    const fields = new Map<string, ClassField>()
    for (const base of written.bases) {
      const inherited = this.#module.classes.get(base)
      if (inherited === undefined || derived.has(base)) continue
      if (derived.size > mostNested) throw syntaxError(`\`${written.name}\` derives from too many classes.`, written.head)
      for (const field of this.#modelFields(inherited, derived)) fields.set(field.name, field)
    }
    for (const { tokens } of written.body) {
      const [name, colon] = tokens
      if (name?.kind !== 'name' || colon?.text !== ':' || name.text.startsWith('_') || tokens[2]?.text === 'ClassVar') continue
      fields.set(name.text, this.#modelField(name, tokens.slice(2)))
    }
    this.#count(fields.size)
    return [...fields.values()]
  }

  #modelField(name: Token, tokens: readonly Token[]): ClassField {
    const reader = new TokenReader(closed(tokens), this)
    const type = this.annotation(reader)
    if (!reader.takeSign('=')) return { name: name.text, type }
    const isCall = reader.peek().kind === 'name' && reader.peek(1).text === '('
    if (!isCall) return { name: name.text, type, default: this.value(reader) }
    dottedName(reader)
    const { desc, default: value, constraints, prefix } = readFieldCall(reader, this, name)
    if (prefix !== undefined)
      this.remarks.push({ ...name, message: `The prefix of \`${name.text}\` is left out: only fields of signatures have one.` })
    const bounded = constraints === undefined ? type : constrained(type, constraints)
    if (bounded === undefined) throw syntaxError(`\`${name.text}\` cannot have these bounds. Remove them, or change its type.`, name)
    return { name: name.text, type: bounded, ...(desc && { desc }), ...(value !== undefined && { default: value }) }
  }

  /** A plain value, or one that a name of the text stands for; texts may be added up. */
  value(reader: TokenReader): Json {
    const first = this.#term(reader)
    if (typeof first !== 'string' || !reader.isSign('+')) return first
    const texts = [first]
    while (reader.isSign('+')) {
      const plus = reader.take()
      const next = this.#term(reader)
      if (typeof next !== 'string') throw syntaxError('Only texts are added up here. Write the value itself.', plus)
      texts.push(next)
    }
    return texts.join('')
  }

  #term(reader: TokenReader): Json {
    return parseLiteral(reader, named => this.#named(named))
  }

  /** What a name of the text stands for, or what a call makes that needs no running: `Place(city='Bonn')`, `set()`. */
  #named(reader: TokenReader): Json {
    const token = reader.peek()
    const name = dottedName(reader) ?? ''
    const value = reader.isSign('(') ? this.#called(name, reader) : this.valueOf(name)
    const tokens = this.#module.assigned.get(name)
    if (tokens) this.#countCharacters((tokens.at(-1)?.end ?? 0) - (tokens[0]?.position ?? 0))
    if (value !== undefined) return value
    throw syntaxError(`\`${name}\` gets its value only when Python runs. Write the value itself.`, token)
  }

  /** A long constant, used often, would make a text much longer than the one that is read. */
  #countCharacters(count: number): void {
    this.#characters += count
    if (this.#characters > mostCharacters)
      throw syntaxError('The constants of this text are used too often. Write their values out.', start)
  }

  #called(name: string, reader: TokenReader): Json | undefined {
    const full = this.fullName(name)
    const isModel = this.kindOf(name) === 'model'
    const isTime = /^datetime\.(?:date|datetime|time)\.fromisoformat$/.test(full)
    if (/^datetime\.(?:date|datetime|time)$/.test(full)) return this.#timeOf(full, reader)
    if (!isModel && !isTime && (full !== 'set' || reader.peek(1).text !== ')')) return undefined
    reader.takeSign('(')
    const given: [string, Json][] = []
    while (!reader.isSign(')')) {
      const key = isModel ? reader.take().text : ''
      if (reservedNames.has(key)) return undefined
      if (isModel) reader.expectSign('=', 'the name of a field')
      given.push([key, this.value(reader)])
      if (!reader.takeSign(',')) break
    }
    reader.expectSign(')', 'the last argument')
    return isModel ? Object.fromEntries(given) : isTime ? given[0]?.[1] : []
  }

  /** `datetime.date(2024, 1, 31)`: whole numbers in the order of the calendar. */
  #timeOf(full: string, reader: TokenReader): Json | undefined {
    reader.takeSign('(')
    const given: string[] = []
    while (!reader.isSign(')')) {
      const value = this.value(reader)
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) return undefined
      given.push(String(value).padStart(given.length === 0 && full !== 'datetime.time' ? 4 : 2, '0'))
      if (!reader.takeSign(',')) break
    }
    reader.expectSign(')', 'the last argument')
    const [day, clock] = full === 'datetime.time' ? [[], given] : [given.slice(0, 3), given.slice(3)]
    const [hour = '00', minute = '00', second = '00', micros] = clock
    const time = `${hour}:${minute}:${second}${micros === undefined ? '' : `.${micros.padStart(6, '0')}`}`
    const text = full === 'datetime.date' ? given.join('-') : full === 'datetime.time' ? time : `${day.join('-')}T${time}`
    const { date, datetime, time: readTime } = timeReaders
    return (full === 'datetime.date' ? date : full === 'datetime.time' ? readTime : datetime)(text)
  }

  #members({ body, bases, head }: PythonClass): readonly EnumMember[] {
    const isText = bases.some(base => this.fullName(base).endsWith('StrEnum'))
    const members: EnumMember[] = []
    for (const { tokens } of body) {
      const [name, equals] = tokens
      if (name?.kind !== 'name' || equals?.text !== '=' || name.text.startsWith('_')) continue
      const reader = new TokenReader(closed(tokens.slice(2)), this)
      const isAuto = this.fullName(reader.peek().text) === 'auto'
      const value = isAuto ? (isText ? name.text.toLowerCase() : members.length + 1) : this.value(reader)
      if (typeof value === 'object' && value !== null) throw syntaxError('A member of an Enum here is a text, a number or a bool.', name)
      if (!members.some(member => member.value === value)) members.push({ name: name.text, value: value satisfies EnumValue })
      if (members.length > mostMembers)
        throw syntaxError(`\`${head.text}\` has more than ${mostMembers} members. Use \`str\` in its place.`, name)
    }
    if (members.length === 0) throw syntaxError(`\`${head.text}\` has no member. Give it one, such as A = 'a'.`, head)
    return members
  }
}

/** The docstring of a class, cleaned; empty where it has none. */
export function docOf({ body }: PythonClass): string {
  return cleanInstructions(docIn(body[0]) ?? '')
}

/** The text of a statement that is one; undefined for any other. */
export function docIn(line: PythonLine | undefined): string | undefined {
  if (line?.tokens.length === 0 || !line?.tokens.every(({ kind, prefix = '' }) => kind === 'string' && !/[bft]/.test(prefix)))
    return undefined
  return line.tokens.map(({ text }) => text).join('')
}

function isConstant({ text }: Token): boolean {
  return constants.has(text)
}

const start = { position: 0, end: 0 }
const mostParts = 20_000
const mostNested = 20
const mostMembers = 2_000
const mostCharacters = 1_000_000
const kindsOfBase: ReadonlyMap<string, ClassKind> = new Map<string, ClassKind>([
  ['Signature', 'signature'],
  ['BaseModel', 'model'],
  ['Enum', 'enum'],
  ['StrEnum', 'enum'],
  ['IntEnum', 'enum'],
])
