import type { Adapter } from './adapter'
import { adapterHelp } from './adapter-help'
import { formatValue } from './format-value'
import { placeholder, type Layout } from './frame'
import { frameText } from './frame-text'
import { jsonAdapter } from './json'
import { messageFormat } from './messages'
import { readOutputs } from './outputs'
import { readXmlFields } from './read-xml'
import { readXmlValue } from './read-xml-value'
import { escapeXml, isNested, xmlBlock, xmlSkeleton, xmlValue } from './xml-text'

/**
 * DSPy's XMLAdapter: every field in a tag of its name, lists and objects as nested tags. Asks for plain text.
 * Differs: every output is escaped, where DSPy escapes plain texts alone and then cannot read `<` in an optional one back; a name that
 * cannot be a tag stands as an entry in the nesting shown, too, as it does in the demos of both;
 * the reader takes prose, fences, bare `<` and `&` and an unclosed last tag, where DSPy wants strict XML.
 */
export const xmlAdapter: Adapter = {
  id: 'xml',
  ...adapterHelp.xml,
  block: xmlBlock,
  format: messageFormat(xmlLayout()),
  parse(signature, text) {
    const outputs = signature.fields.filter(field => field.role === 'output')
    const found = readXmlFields(text, new Set(outputs.map(field => field.name)))
    const types = new Map(outputs.map(field => [field.name, field.type]))
    return readOutputs(signature, text, 'xml', name => {
      const elements = found.get(name)
      const type = types.get(name)
      return elements && type && readXmlValue(type, elements)
    })
  },
  responseFormats: () => [],
  fallback: jsonAdapter,
}

function xmlLayout(): Layout {
  return {
    block: xmlBlock,
    structure: (inputs, outputs) =>
      [
        frameText.introduction,
        ...inputs.map(field => xmlBlock(field.name, placeholder(field))),
        ...outputs.map(field => (isNested(field.type) ? xmlSkeleton(field.name, field.type) : xmlBlock(field.name, placeholder(field)))),
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
          return hasTags ? xmlValue(name, type, value) : xmlBlock(name, escapeXml(formatValue(type, value)))
        })
        .join('\n\n'),
  }
}
