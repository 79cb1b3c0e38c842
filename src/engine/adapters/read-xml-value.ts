import type { Json } from '@/lib/json'
import type { FieldType, TypeOf } from '../signature/types/field-type'
import { memberNamed, valuesOfEnum } from '../signature/types/class-kinds'
import { partType } from '../signature/types/registry'
import { readLooseJson } from './loose-json'
import { decodeXml, type XmlElement } from './read-xml'
import { mayNest } from './xml-text'

/**
 * What the elements of one name hold, as the type asks: text for scalars, values for lists and objects. JSON between the tags of
 * a list or an object is left to the caller as text. Several elements are the items of a list; otherwise the first one counts.
 */
export function readXmlValue(type: FieldType, elements: readonly XmlElement[]): Json | undefined {
  return valueOf(type, elements, 0, true)
}

/** As deep as JSON may be. Only what holds no further elements is read as a text, so that no text is read twice. */
const deepest = 100

function valueOf(type: FieldType, elements: readonly XmlElement[], depth: number, isField: boolean): Json | undefined {
  const [element] = elements
  if (element === undefined || depth > deepest) return undefined
  if (type.kind === 'optional') {
    if (element.isSelfClosed) return null
    const bare = element.raw.trim()
    if (bare === '' || (type.of.kind !== 'str' && (bare === 'None' || bare === 'null'))) return null
    return valueOf(type.of, elements, depth, isField)
  }
  const options = type.kind === 'enum' ? type.values : type.kind === 'enum-class' ? valuesOfEnum(type) : []
  if (element.isSelfClosed && options.includes(null)) return null
  if (type.kind === 'any' && !isField) return anyValue(element, depth)
  if (type.kind === 'union') return valueOf(memberFor(type, elements), elements, depth, isField)
  // Between tags a number is a text.
  if (type.kind === 'enum-class') return memberNamed(type, textOf(element))?.value ?? textOf(element)
  if (!mayNest(type) && !isListed(type)) return textOf(element)
  const items = (found: readonly XmlElement[]): Json =>
    found.map((item, at) => valueOf(partType(type, at) ?? { kind: 'any' }, [item], depth + 1, false) ?? null)
  if (isListed(type) && elements.length > 1) return items(elements)
  const children = element.children()
  if (isListed(type)) {
    const marked = children.filter(child => child.name === 'item')
    if (marked.length > 0) return items(marked)
    // Anything else than JSON is the only item.
    const text = textOf(element)
    if (children.length > 0 ? !/^\s*\[/.test(element.raw) : !/^(?:$|\[|```)/.test(text)) return items([element])
    return text === '' ? [] : jsonOr(text, isField)
  }
  if (children.length > 0) return objectOf(type, children, depth)
  const text = textOf(element)
  return text === '' ? {} : jsonOr(text, isField)
}

/** Of the types of a union the one that the tags ask for: a list where there are items, an object where there are other tags. */
function memberFor({ of }: TypeOf<'union'>, elements: readonly XmlElement[]): FieldType {
  const children = elements[0]?.children() ?? []
  // What holds nothing: no scalar is written so.
  if (elements[0]?.isSelfClosed) return of.find(isListed) ?? of.find(mayNest) ?? { kind: 'str' }
  const isList = elements.length > 1 || children.some(({ name }) => name === 'item')
  const wanted = isList ? of.find(isListed) : children.length > 0 ? of.find(mayNest) : undefined
  return wanted ?? { kind: 'str' }
}

function isListed(type: FieldType): boolean {
  return type.kind === 'list' || type.kind === 'set' || type.kind === 'tuple'
}

function textOf({ raw }: XmlElement): string {
  return decodeXml(raw).trim()
}

function objectOf(type: FieldType, children: readonly XmlElement[], depth: number): Json {
  const groups = new Map<string, XmlElement[]>()
  for (const child of children) {
    const group = groups.get(child.name)
    if (group) group.push(child)
    else if (child.name !== '__proto__') groups.set(child.name, [child])
  }
  return Object.fromEntries(
    [...groups].map(([name, group]) => [name, valueOf(partType(type, name) ?? { kind: 'any' }, group, depth + 1, false) ?? null]),
  )
}

/** Tags decide where no type does: items make a list, other tags an object. */
function anyValue(element: XmlElement, depth: number): Json {
  if (element.isSelfClosed) return null
  const children = element.children()
  if (children.length === 0) {
    const text = textOf(element)
    return readLooseJson(text, { anywhere: false }) ?? text
  }
  if (children.every(child => child.name === 'item'))
    return children.map(child => valueOf({ kind: 'any' }, [child], depth + 1, false) ?? null)
  return objectOf({ kind: 'any' }, children, depth)
}

/** The caller reads the text of a whole field; inside of one it is read here. */
function jsonOr(text: string, isField: boolean): Json {
  return isField ? text : (readLooseJson(text, { anywhere: true }) ?? text)
}
