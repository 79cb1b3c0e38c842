import type { PromptField } from './prompt'

/**
 * Values under `[[ ## name ## ]]` headers; text before the first header is dropped. Only a header that the fields make expect, in their
 * order, is one: a value may hold headers of its own, as a trajectory does. Without fields every header counts, the first of equals.
 */
export function blocksOf(text: string, fields?: readonly Pick<PromptField, 'name'>[]): Record<string, string> {
  const values: Record<string, string> = {}
  let place = -1
  let open: { readonly name: string; readonly lines: string[] } | undefined
  const close = (): void => {
    if (open !== undefined) values[open.name] ??= open.lines.join('\n').trim()
  }
  for (const line of text.split('\n')) {
    const [, name, rest = ''] = header.exec(line) ?? []
    const at = name === undefined || name === closing || fields === undefined ? -1 : fields.findIndex(field => field.name === name)
    const isExpected = name !== undefined && (name === closing || fields === undefined || at > place)
    if (!isExpected) {
      open?.lines.push(line)
      continue
    }
    close()
    place = Math.max(place, at)
    open = name === closing ? undefined : { name, lines: [rest] }
  }
  close()
  return values
}

const header = /^\s*\[\[ ## ([\p{L}\p{N}_]+) ## \]\](.*)$/u
const closing = 'completed'
