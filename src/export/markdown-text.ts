import { asLine } from '@/lib/line-text'

// The one place where foreign text becomes Markdown.

/** Text for inside of a line: nothing in it is formatting, HTML, a link, or the beginning of a heading, a list or a fence. */
export function markdownText(text: string): string {
  return asLine(text)
    .replace(/[\\`*_[\]<>|~&$]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/^[#+=-]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
}

/** Text as it is, between more backticks than stand in it anywhere. */
export function markdownCode(text: string): string {
  const line = asLine(text)
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = line.startsWith('`') || line.endsWith('`') || line === '' ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}
