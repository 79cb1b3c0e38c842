import type { Json } from '@/lib/json'
import type { FieldType } from '../signature/types/field-type'
import { partType } from '../signature/types/registry'
import { formatValue } from './format-value'

/** A field on three lines: its tag, its value as text, the closing tag. */
export function xmlBlock(name: string, value: string): string {
  return `<${name}>\n${value}\n</${name}>`
}

/** A text as it stands between tags. `>` stays, as in DSPy. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/**
 * True for outputs that are written as tags in tags. A type without its brackets (`list`) is JSON between the field's own tags, and so are the
 * probabilities of a decision, whose options may be no tags.
 */
export function isNested(type: FieldType): boolean {
  if (type.kind === 'optional') return isNested(type.of)
  return mayNest(type) && !('isBare' in type) && !('isClosed' in type)
}

/** True for what is read out of tags in tags, where there are such. */
export function mayNest({ kind }: FieldType): boolean {
  return kind === 'list' || kind === 'dict' || kind === 'object' || kind === 'class'
}

/** A value as tags on one line: `<item>` for each item, the key as a tag, or `<entry key="…">` where it cannot be one. */
export function xmlValue(tag: string, type: FieldType, value: Json, key?: string): string {
  const open = key === undefined ? tag : `${tag} key=${quotedKey(key)}`
  if (value === null) return `<${open} />`
  if (isList(value)) {
    const items = value.map((item, at) => xmlValue('item', partType(type, at) ?? any, item)).join('')
    return items === '' ? `<${open} />` : `<${open}>${items}</${tag}>`
  }
  if (typeof value !== 'object') return `<${open}>${escapeXml(formatValue(type, value))}</${tag}>`
  const children = Object.entries(value).map(([name, item]) => {
    const of = partType(type, name) ?? any
    return isTagName(name) ? xmlValue(name, of, item) : xmlValue('entry', of, item, name)
  })
  return `<${open}>${children.join('')}</${tag}>`
}

/** The tags of a nested output with dots where values go. */
export function xmlSkeleton(tag: string, type: FieldType, key?: string): string {
  if (type.kind === 'optional') return xmlSkeleton(tag, type.of, key)
  if (type.kind === 'union') return xmlSkeleton(tag, type.of[0] ?? any, key)
  let inner = ''
  if (type.kind === 'list' || type.kind === 'set') inner = xmlSkeleton('item', type.of)
  else if (type.kind === 'tuple') inner = xmlSkeleton('item', type.rest ?? any)
  else if (type.kind === 'object') {
    for (const [name, of] of Object.entries(type.fields)) inner += isTagName(name) ? xmlSkeleton(name, of) : xmlSkeleton('entry', of, name)
  } else if (type.kind === 'class') inner = type.fields.map(field => xmlSkeleton(field.name, field.type)).join('')
  return `<${key === undefined ? tag : `${tag} key=${quotedKey(key)}`}>${inner || '...'}</${tag}>`
}

const any: FieldType = { kind: 'any' }

/** Python identifiers in which `-` and `.` may stand too: DSPy's rule. */
function isTagName(name: string): boolean {
  return /^[\p{XID_Start}_][\p{XID_Continue}.-]*$/u.test(name)
}

/** Python's `quoteattr`. */
function quotedKey(key: string): string {
  const text = escapeXml(key)
    .replaceAll('>', '&gt;')
    .replace(/[\n\r\t]/g, space => `&#${space.charCodeAt(0)};`)
  if (!text.includes('"')) return `"${text}"`
  return text.includes("'") ? `"${text.replaceAll('"', '&quot;')}"` : `'${text}'`
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
