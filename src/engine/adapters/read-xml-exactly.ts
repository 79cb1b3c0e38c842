import type { Json } from '@/lib/json'
import { coerceValue } from '../signature/check-value'
import type { FieldType } from '../signature/types/field-type'
import { partType, typeKind } from '../signature/types/registry'
import type { Coerced } from '../signature/types/type-kind'
import { parseValueExactly } from './parse-value'
import { decodeXml, readXmlChildren, type XmlElement } from './read-xml'
import { isStrictXml } from './strict-xml'

/**
 * The value that the elements of one name hold by DSPy's rules to the letter: values are read by the type, then by each member that it may
 * be; what has no type inside of it is text, or an object of its tags.
 */
export function readXmlExactly(type: FieldType, elements: readonly XmlElement[]): Coerced {
  let refused: Coerced = { ok: false, reason: 'its tags hold something else' }
  for (const candidate of [type, ...membersOf(type)]) {
    const value = valueOf(candidate, elements)
    const read = parseValueExactly(type, value)
    if (read.ok) return read
    const fitted = type.kind === 'enum' || type.kind === 'enum-class' || type.kind === 'str' ? read : coerceValue(type, value)
    if (fitted.ok) return fitted
    refused = fitted
  }
  return refused
}

/** The elements of a whole answer by name; undefined for one that a strict reader refuses. */
export function strictFields(text: string): ReadonlyMap<string, readonly XmlElement[]> | undefined {
  const plain = text.replace(/\r\n?/g, '\n')
  return isStrictXml(plain) ? grouped(readXmlChildren(plain)) : undefined
}

/** As deep as JSON may be. */
const deepest = 100

function valueOf(type: FieldType, elements: readonly XmlElement[], depth = 0): Json {
  const [element] = elements
  if (element === undefined || depth > deepest) return ''
  const children = element.children()
  const members = membersOf(type)
  if (members.length > 0) {
    if (type.kind === 'optional' && children.length === 0 && textOf(element) === '') return null
    const own = members.filter(member => member !== nothing)
    const [first = any] = own
    const chosen = children.length > 0 ? (own.find(member => !isText(member)) ?? first) : first
    // A class stands there by its name, which is not looked up: nothing is known of what is in it.
    const isNamed = chosen.kind === 'class' || (chosen.kind === 'object' && Object.keys(chosen.fields).length > 0)
    return valueOf(isNamed ? any : chosen, elements, depth)
  }
  if (type.kind === 'list' || type.kind === 'set' || type.kind === 'tuple') return itemsOf(type, elements, children, depth + 1)
  if (isText(type) && children.length > 0) return mixedText(element)
  if (children.length === 0) {
    if ((type.kind === 'object' || type.kind === 'class' || type.kind === 'dict') && textOf(element) === '') return {}
    const texts = elements.map(textOf)
    return texts.length === 1 ? (texts[0] ?? '') : texts
  }
  const entries = [...grouped(children)].map(([name, group]): [string, Json] => [name, valueOf(childType(type, name), group, depth + 1)])
  return Object.fromEntries(entries)
}

function itemsOf(type: FieldType, elements: readonly XmlElement[], children: readonly XmlElement[], depth: number): Json {
  const [element] = elements
  if (elements.length === 1 && element !== undefined) {
    if (children.length === 0) {
      const text = textOf(element)
      if (text === '' || text.startsWith('[')) return text === '' ? [] : text
    }
    const items = grouped(children).get('item')
    if (items) return items.map(item => valueOf(itemType(type), [item], depth))
  }
  return elements.map(one => valueOf(itemType(type), [one], depth))
}

function itemType(type: FieldType): FieldType {
  if (type.kind === 'tuple') return type.rest ?? any
  return type.kind === 'list' || type.kind === 'set' ? type.of : any
}

function childType(type: FieldType, name: string): FieldType {
  if (type.kind === 'dict') return type.of
  if (type.kind === 'class') return partType(type, name) ?? any
  return (type.kind === 'object' && Object.hasOwn(type.fields, name) ? type.fields[name] : undefined) ?? any
}

/** What a JSON schema of the type lists under `anyOf`. */
function membersOf(type: FieldType): readonly FieldType[] {
  if (type.kind === 'union') return type.of
  return type.kind === 'optional' ? [...(type.of.kind === 'union' ? type.of.of : [type.of]), nothing] : []
}

const any: FieldType = { kind: 'any' }
const nothing: FieldType = { kind: 'enum', values: [null] }

/** True where a JSON schema says `string`. */
function isText(type: FieldType): boolean {
  return typeKind(type).schema(type, () => ({}))['type'] === 'string'
}

function grouped(elements: readonly XmlElement[]): ReadonlyMap<string, readonly XmlElement[]> {
  const groups = new Map<string, XmlElement[]>()
  for (const element of elements) {
    if (element.name === '__proto__') continue
    const group = groups.get(element.name)
    if (group) group.push(element)
    else groups.set(element.name, [element])
  }
  return groups
}

function textOf({ raw }: XmlElement): string {
  return decodeXml(withoutComments(raw)).trim()
}

/** The text in front of the first tag as it was meant, and the tags as they stand. */
function mixedText({ raw }: XmlElement): string {
  const at = raw.search(/<[^!?]/)
  return at < 0 ? decodeXml(raw) : decodeXml(raw.slice(0, at)) + raw.slice(at)
}

function withoutComments(text: string): string {
  const [first = '', ...others] = text.split('<!--')
  return first + others.map(part => part.slice(part.indexOf('-->') + 3)).join('')
}
