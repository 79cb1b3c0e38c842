import type { Adapter } from './adapter'
import { adapterHelp } from './adapter-help'
import { formatValue } from './format-value'
import { block, placeholder, reminded, type Layout } from './frame'
import { frameText } from './frame-text'
import { jsonAdapter } from './json'
import { messageFormat } from './messages'
import { readOutputs } from './outputs'
import { readMarked } from './read-markers'

/** DSPy's ChatAdapter: every field under a `[[ ## name ## ]]` marker, in prompts and in answers. Asks for plain text. */
export const chatAdapter: Adapter = {
  id: 'chat',
  ...adapterHelp.chat,
  block,
  format: messageFormat(chatLayout()),
  parse(signature, text) {
    const names = signature.fields.flatMap(field => (field.role === 'output' ? [field.name] : []))
    const sections = readMarked(text, new Set(names))
    return readOutputs(signature, text, 'chat', name => sections.get(name))
  },
  responseFormats: () => [],
  fallback: jsonAdapter,
}

function chatLayout(): Layout {
  return {
    block,
    structure: (inputs, outputs) =>
      [frameText.introduction, ...[...inputs, ...outputs].map(field => block(field.name, placeholder(field))), completed].join('\n\n'),
    reminder: outputs =>
      frameText.chatReminder(
        outputs.map(field => reminded(field, `\`[[ ## ${field.name} ## ]]\``)),
        `\`${completed}\``,
      ),
    answer(outputs, demo, filler) {
      let content = ''
      for (const field of outputs) {
        const value = Object.hasOwn(demo, field.name) ? demo[field.name] : undefined
        content += `${block(field.name, value === undefined ? (filler ?? 'None') : formatValue(field.type, value))}\n\n`
      }
      return `${content}${completed}\n`
    },
  }
}

const completed = '[[ ## completed ## ]]'
