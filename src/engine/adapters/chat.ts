import type { Adapter } from './adapter'
import { adapterHelp } from './adapter-help'
import { formatValue } from './format-value'
import { block, placeholder, reminded, type Layout } from './frame'
import { frameText } from './frame-text'
import { messageFormat } from './messages'
import { readOutputs } from './outputs'

/** DSPy's ChatAdapter: every field under a `[[ ## name ## ]]` line, in prompts and in answers. Asks for plain text. */
export const chatAdapter: Adapter = {
  id: 'chat',
  ...adapterHelp.chat,
  block,
  format: messageFormat(chatLayout()),
  parse(signature, text) {
    const sections = sectionsOf(text)
    return readOutputs(signature, text, 'chat', name => sections.get(name))
  },
  responseFormats: () => [],
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
const header = /^\[\[ ## ([\p{L}\p{N}_]+) ## \]\]/u
/** Where Python's `splitlines` cuts, but for three control characters of tape files. */
const lineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/

/**
 * The text under each header, by name; the first of two equal headers wins, text before the first header is dropped.
 * Differs: a header may be indented; DSPy then leaves a piece of it in the value.
 */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>()
  let name: string | undefined
  let lines: string[] = []
  const close = () => {
    if (name !== undefined && !sections.has(name)) sections.set(name, lines.join('\n').trim())
  }
  for (const line of text.split(lineEnd)) {
    const stripped = line.trim()
    const match = stripped.startsWith('[[ ## ') ? header.exec(stripped) : null
    if (!match) {
      lines.push(line)
      continue
    }
    close()
    name = match[1]
    const rest = stripped.slice(match[0].length).trim()
    lines = rest === '' ? [] : [rest]
  }
  close()
  return sections
}
