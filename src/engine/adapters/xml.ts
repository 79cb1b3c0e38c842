import type { Adapter } from './adapter'
import { adapterHelp } from './adapter-help'
import { formatValue } from './format-value'
import { placeholder, type Layout } from './frame'
import { frameText } from './frame-text'
import { exactJsonAdapter, jsonAdapter } from './json'
import { messageFormat } from './messages'
import { readOutputs } from './outputs'
import { parseValue } from './parse-value'
import { readXmlFields } from './read-xml'
import { readXmlExactly, strictFields } from './read-xml-exactly'
import { readXmlValue } from './read-xml-value'
import { escapeXml, isNested, xmlBlock, xmlSkeleton, xmlValue } from './xml-text'

/**
 * DSPy's XMLAdapter: every field in a tag of its name, lists and objects as nested tags. Asks for plain text.
 * Differs: every output is escaped, where DSPy escapes plain texts alone and then cannot read `<` in an optional one back; a name that
 * cannot be a tag stands as an entry in the nesting shown, too, as it does in the demos of both;
 * the reader takes prose, fences, bare `<` and `&` and an unclosed last tag, where DSPy wants strict XML.
 */
export const xmlAdapter = xmlAdapterOf(false)
export const exactXmlAdapter = xmlAdapterOf(true)

function xmlAdapterOf(isExact: boolean): Adapter {
  return {
    id: 'xml',
    ...adapterHelp.xml,
    block: xmlBlock,
    format: messageFormat(xmlLayout(isExact)),
    parse(signature, text) {
      const names = signature.fields.flatMap(field => (field.role === 'output' ? [field.name] : []))
      const found = isExact ? strictFields(text) : readXmlFields(text, new Set(names))
      return readOutputs(signature, { text, adapter: 'xml' }, ({ name, type }) => {
        // What a strict reader refuses as a whole is not an answer without optional outputs.
        if (found === undefined) return type.kind === 'optional' ? { ok: false, reason: 'the answer is not well-formed XML' } : undefined
        const elements = found.get(name)
        if (elements === undefined) return undefined
        if (isExact) return readXmlExactly(type, elements)
        const value = readXmlValue(type, elements)
        return value === undefined ? undefined : parseValue(type, value)
      })
    },
    responseFormats: () => [],
    fallback: isExact ? exactJsonAdapter : jsonAdapter,
  }
}

function xmlLayout(isExact: boolean): Layout {
  return {
    block: xmlBlock,
    structure: (inputs, outputs) =>
      [
        frameText.introduction,
        ...inputs.map(field => xmlBlock(field.name, placeholder(field, isExact))),
        ...outputs.map(field =>
          isNested(field.type) ? xmlSkeleton(field.name, field.type) : xmlBlock(field.name, placeholder(field, isExact)),
        ),
      ].join('\n\n'),
    reminder: outputs =>
      frameText.xmlReminder(
        outputs.map(field => `\`<${field.name}>\``),
        outputs.filter(field => isNested(field.type)).map(field => xmlSkeleton(field.name, field.type)),
      ),
    answer: (outputs, demo, filler) =>
      outputs
        .map(({ name, type }) => {
          const value = Object.hasOwn(demo, name) ? demo[name] : undefined
          if (value === undefined) return xmlBlock(name, filler ?? 'None')
          const hasTags = isNested(type) && typeof value === 'object' && value !== null
          if (hasTags) return xmlValue(name, type, value)
          const text = formatValue(type, value)
          return xmlBlock(name, isExact && type.kind !== 'str' ? text : escapeXml(text))
        })
        .join('\n\n'),
  }
}
