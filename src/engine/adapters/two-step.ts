import { EngineError } from '../base/errors'
import type { Field, Signature } from '../signature/signature'
import type { Adapter } from './adapter'
import { adapterHelp } from './adapter-help'
import { chatAdapter, exactChatAdapter } from './chat'
import { formatPlain } from './format-value'
import { numberedLines, type Layout } from './frame'
import { frameText } from './frame-text'
import { messageFormat } from './messages'

/**
 * DSPy's TwoStepAdapter: the task in plain words, without markers or a reminder; then a question in chat, to the model for extraction,
 * reads the outputs out of the answer. Only that second question is asked again in JSON.
 * Differs: an output called `text` does not push the answer out of the second question.
 */
export const twoStepAdapter = twoStepAdapterOf(chatAdapter)
export const exactTwoStepAdapter = twoStepAdapterOf(exactChatAdapter)

function twoStepAdapterOf(reader: Adapter): Adapter {
  return {
    id: 'two-step',
    ...adapterHelp['two-step'],
    block: plainBlock,
    format: messageFormat(twoStepLayout()),
    parse(signature, text) {
      if (text.trim() !== '') return { [answerName(signature)]: text }
      const missing = signature.fields.flatMap(({ role, name }) => (role === 'output' ? [name] : []))
      const sentence = 'The model sent an empty answer. Raise the token limit or try another model.'
      throw new EngineError('adapter-parse', sentence, { text, adapter: 'two-step', parsed: {}, missing, unreadable: [] })
    },
    responseFormats: () => [],
    extraction: { adapter: reader, signature: extractionOf },
  }
}

function twoStepLayout(): Layout {
  return {
    block: plainBlock,
    value: ({ type }, value) => formatPlain(type, value),
    structure: () => '',
    system: (inputs, outputs, instructions) =>
      [
        frameText.twoStepIntroduction,
        `${frameText.inputsHeading}\n${numberedLines(inputs).trim()}`,
        `${frameText.outputsHeading}\n${numberedLines(outputs).trim()}`,
        frameText.twoStepOutputs,
        ...(instructions === '' ? [] : [`${frameText.twoStepInstructions}${instructions}`]),
      ].join('\n'),
    reminder: () => '',
    // What a demo lacks is left out; a null is told.
    answer: (outputs, demo) =>
      outputs
        .flatMap(({ name, type }) => {
          const value = Object.hasOwn(demo, name) ? demo[name] : undefined
          return value === undefined ? [] : [plainBlock(name, formatPlain(type, value))]
        })
        .join('\n\n')
        .trim(),
  }
}

function plainBlock(name: string, value: string): string {
  return `${name}: ${value}`
}

/** What an output cannot be called at the same time. */
function answerName({ fields }: Signature): string {
  let name = 'text'
  while (fields.some(field => field.role === 'output' && field.name === name)) name += '_'
  return name
}

function extractionOf(signature: Signature): Signature {
  let made = extractions.get(signature.fields)
  if (made === undefined) {
    const outputs = signature.fields.filter(({ role }) => role === 'output')
    const name = answerName(signature)
    const answer: Field = { id: `answer:${name}`, name, role: 'input', type: { kind: 'str' }, desc: '' }
    made = { instructions: frameText.extraction(outputs.map(field => `\`${field.name}\``)), fields: [answer, ...outputs] }
    extractions.set(signature.fields, made)
  }
  return made
}

/** Lists of fields are never changed in place. */
const extractions = new WeakMap<readonly Field[], Signature>()
