import type { Adapter } from './adapter'
import { adapterHelp } from './adapter-help'
import { formatValue } from './format-value'
import { block, placeholder, reminded, type Layout } from './frame'
import { frameText } from './frame-text'
import { parseValue, parseValueExactly } from './parse-value'
import { exactJsonAdapter, jsonAdapter } from './json'
import { messageFormat } from './messages'
import { readOutputs } from './outputs'
import { readMarked, readMarkedExactly } from './read-markers'

/** DSPy's ChatAdapter: every field under a `[[ ## name ## ]]` marker, in prompts and in answers. Asks for plain text. */
export const chatAdapter = chatAdapterOf(false)
export const exactChatAdapter = chatAdapterOf(true)

function chatAdapterOf(isExact: boolean): Adapter {
  return {
    id: 'chat',
    ...adapterHelp.chat,
    block,
    format: messageFormat(chatLayout(isExact)),
    parse(signature, text) {
      const names = signature.fields.flatMap(field => (field.role === 'output' ? [field.name] : []))
      const sections = isExact ? readMarkedExactly(text) : readMarked(text, new Set(names))
      return readOutputs(signature, { text, adapter: 'chat' }, ({ name, type }) => {
        const section = sections.get(name)
        return section === undefined ? undefined : (isExact ? parseValueExactly : parseValue)(type, section)
      })
    },
    responseFormats: () => [],
    fallback: isExact ? exactJsonAdapter : jsonAdapter,
  }
}

function chatLayout(isExact: boolean): Layout {
  return {
    block,
    structure: (inputs, outputs) =>
      [frameText.introduction, ...[...inputs, ...outputs].map(field => block(field.name, placeholder(field, isExact))), completed].join(
        '\n\n',
      ),
    reminder: outputs =>
      frameText.chatReminder(
        outputs.map(field => reminded(field, `\`[[ ## ${field.name} ## ]]\``)),
        `\`${completed}\``,
      ),
    answer(outputs, demo, filler) {
      const blocks = outputs.map(field => {
        const value = Object.hasOwn(demo, field.name) ? demo[field.name] : undefined
        return block(field.name, value === undefined ? (filler ?? 'None') : formatValue(field.type, value))
      })
      return `${blocks.join('\n\n').trim()}\n\n${completed}\n`
    },
  }
}

const completed = '[[ ## completed ## ]]'
