import { formatJson, formatValue } from './format-value'
import type { Adapter } from './adapter'
import { adapterHelp } from './adapter-help'
import { bamlType, isModelValue } from './baml-type'
import { block, placeholder, type Layout } from './frame'
import { frameText } from './frame-text'
import { jsonAdapter, jsonLayout } from './json'
import { messageFormat } from './messages'

/**
 * DSPy's BAMLAdapter: the types of outputs in a short notation instead of a JSON schema, objects among the inputs over several lines; all
 * else as the JSON adapter, closing marker in the system message included.
 * Differs: two outputs, or two parts of one, may be of the same named type, which DSPy takes for a type that holds itself.
 */
export const bamlAdapter: Adapter = { ...jsonAdapter, id: 'baml', ...adapterHelp.baml, format: messageFormat(bamlLayout()) }

function bamlLayout(): Layout {
  return {
    ...jsonLayout(),
    value: ({ type }, value) => (isModelValue(type, value) ? formatJson(type, value, '') : formatValue(type, value)),
    structure: (inputs, outputs) =>
      [
        frameText.introduction,
        ...inputs.map(field => block(field.name, placeholder(field))),
        ...outputs.map(({ name, type }) => block(name, frameText.bamlOutput(name, bamlType(type)))),
        '[[ ## completed ## ]]',
      ].join('\n\n'),
  }
}
