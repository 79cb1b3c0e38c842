/** A piece of a template: text as it is, or the place of an input. */
export type TemplatePart = { readonly text: string } | { readonly name: string }

export type TemplateReading =
  | { readonly ok: true; readonly parts: readonly TemplatePart[] }
  | { readonly ok: false; readonly problem: string }

/**
 * Reads text with places for inputs: `{name}` is the value of the input `name`, `{{` and `}}` are single braces. Names are taken as they
 * stand, empty ones too: the check of the fields says which can be used. Not `ok` for a brace without its other half.
 */
export function readTemplate(text: string): TemplateReading {
  const parts: TemplatePart[] = []
  let plain = ''
  let at = 0
  while (at < text.length) {
    const sign = text[at] ?? ''
    const isBrace = sign === '{' || sign === '}'
    if (!isBrace || text[at + 1] === sign) {
      plain += sign
      at += isBrace ? 2 : 1
      continue
    }
    const end = sign === '{' ? text.indexOf('}', at) : -1
    const name = text.slice(at + 1, end)
    if (end < 0 || /[{\n]/.test(name)) return { ok: false, problem: loneBrace(sign, text, at) }
    if (plain !== '') parts.push({ text: plain })
    parts.push({ name: name.trim() })
    plain = ''
    at = end + 1
  }
  if (plain !== '') parts.push({ text: plain })
  return { ok: true, parts }
}

/** The names in a template, each once, in the order of their first places; undefined for one that cannot be read. */
export function templateNames(text: string): readonly string[] | undefined {
  const reading = readTemplate(text)
  return reading.ok ? [...new Set(reading.parts.flatMap(part => ('name' in part ? [part.name] : [])))] : undefined
}

/** The text whose parts these are. */
export function writeTemplate(parts: readonly TemplatePart[]): string {
  return parts.map(part => ('name' in part ? `{${part.name}}` : part.text.replaceAll(/[{}]/g, '$&$&'))).join('')
}

function loneBrace(sign: string, text: string, at: number): string {
  const line = text.slice(0, at).split('\n').length
  const other = sign === '{' ? '}' : '{'
  return `Line ${line} has a "${sign}" without its "${other}". Write {name} for the value of an input, and ${sign}${sign} for a brace of the text.`
}
