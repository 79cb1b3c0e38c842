import { formatJson, formatValue } from './format-value'
import { bamlType, isModelValue } from './baml-type'
import { block, placeholder, type Layout } from './frame'
import { frameText } from './frame-text'
import { jsonAdapterOf, jsonLayout } from './json'

/**
 * DSPy's BAMLAdapter: the types of outputs in a short notation instead of a JSON schema, objects among the inputs over several lines; all
 * else as the JSON adapter, but for a closing marker in the system message.
 * Differs: two outputs, or two parts of one, may be of the same named type, which DSPy takes for a type that holds itself; one that does stands by its name, where DSPy refuses it.
 */
export const bamlAdapter = jsonAdapterOf('baml', bamlLayout(), false)
export const exactBamlAdapter = jsonAdapterOf('baml', bamlLayout(), true)

function bamlLayout(): Layout {
  return {
    ...jsonLayout(false),
    value: ({ type }, value) => (isModelValue(type, value) ? formatJson(type, value, '') : formatValue(type, value)),
    structure: (inputs, outputs) =>
      [
        frameText.introduction,
        ...inputs.map(field => block(field.name, placeholder(field, false))),
        ...outputs.map(({ name, type }) => block(name, frameText.bamlOutput(name, bamlType(type)))),
        '[[ ## completed ## ]]',
      ].join('\n\n'),
  }
}
