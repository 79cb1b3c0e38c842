/**
 * Instructions as a prompt shows them: Python's docstring cleaning (`inspect.cleandoc`). Tabs become spaces, the indent
 * that all lines but the first share goes, and so do empty lines at both ends.
 */
export function cleanInstructions(text: string): string {
  const lines = text.split('\n').map(expandTabs)
  let margin = Number.POSITIVE_INFINITY
  for (const line of lines.slice(1)) if (line.trim() !== '') margin = Math.min(margin, line.length - line.trimStart().length)
  const cleaned = lines.map((line, i) => (i === 0 ? line.trimStart() : Number.isFinite(margin) ? line.slice(margin) : line))
  const first = cleaned.findIndex(line => line !== '')
  const last = cleaned.findLastIndex(line => line !== '')
  return first < 0 ? '' : cleaned.slice(first, last + 1).join('\n')
}

function expandTabs(line: string): string {
  if (!line.includes('\t')) return line
  let expanded = ''
  for (const part of line.split(/(\t)/)) expanded += part === '\t' ? ' '.repeat(8 - (expanded.length % 8)) : part
  return expanded
}
