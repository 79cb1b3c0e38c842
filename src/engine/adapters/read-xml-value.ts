import type { Json } from '@/lib/json'
import type { FieldType } from '../signature/field-type'
import { itemType, keyType } from './format-value'
import { readLooseJson } from './loose-json'
import { decodeXml, readXmlChildren, type XmlElement } from './read-xml'
import { isNested } from './xml-text'

/**
 * What the elements of one name hold, as the type asks: text for scalars, values for lists and objects. JSON between the tags of
 * a list or an object is left to the caller as text. Several elements are the items of a list; otherwise the first one counts.
 */
export function readXmlValue(type: FieldType, elements: readonly XmlElement[]): Json | undefined {
  return valueOf(type, elements, 0, true)
}

/** As deep as JSON may be; each level reads its own text once. */
const deepest = 100

function valueOf(type: FieldType, elements: readonly XmlElement[], depth: number, isField: boolean): Json | undefined {
  const [element] = elements
  if (element === undefined || depth > deepest) return undefined
  if (type.kind === 'optional') {
    if (element.isSelfClosed) return null
    const bare = element.raw.trim()
    if (type.of.kind !== 'str' && (bare === 'None' || bare === 'null' || (bare === '' && !isNested(type.of)))) return null
    return valueOf(type.of, elements, depth, isField)
  }
  const text = decodeXml(element.raw).trim()
  if (type.kind === 'any' && !isField) return anyValue(element, text, depth)
  if (!isNested(type)) return text
  if (type.kind === 'list' && elements.length > 1) return elements.map(item => valueOf(type.of, [item], depth + 1, false) ?? null)
  const children = readXmlChildren(element.raw)
  if (type.kind === 'list') {
    const items = children.filter(child => child.name === 'item')
    if (items.length > 0) return items.map(item => valueOf(itemType(type), [item], depth + 1, false) ?? null)
    if (text === '') return []
    if (children.length > 0 && !text.startsWith('[')) return [valueOf(type.of, [element], depth + 1, false) ?? null]
    return jsonOr(text, isField)
  }
  if (children.length === 0) return text === '' ? {} : jsonOr(text, isField)
  return objectOf(type, children, depth)
}

function objectOf(type: FieldType, children: readonly XmlElement[], depth: number): Json {
  const groups = new Map<string, XmlElement[]>()
  for (const child of children) {
    const group = groups.get(child.name)
    if (group) group.push(child)
    else if (child.name !== '__proto__') groups.set(child.name, [child])
  }
  return Object.fromEntries([...groups].map(([name, group]) => [name, valueOf(keyType(type, name), group, depth + 1, false) ?? null]))
}

/** Tags decide where no type does: items make a list, other tags an object. */
function anyValue(element: XmlElement, text: string, depth: number): Json {
  if (element.isSelfClosed) return null
  const children = readXmlChildren(element.raw)
  if (children.length === 0) return readLooseJson(text, { anywhere: false }) ?? text
  if (children.every(child => child.name === 'item'))
    return children.map(child => valueOf({ kind: 'any' }, [child], depth + 1, false) ?? null)
  return objectOf({ kind: 'any' }, children, depth)
}

/** The caller reads the text of a whole field; inside of one it is read here. */
function jsonOr(text: string, isField: boolean): Json {
  return isField ? text : (readLooseJson(text, { anywhere: true }) ?? text)
}
