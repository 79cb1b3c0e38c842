import { sourceWords, type SourceKind } from './source-kind'

/** A script whose completion value is the user's function. Its lines are the user's lines, so error positions need no mapping. */
export interface UserScript {
  readonly code: string
  readonly fileName: string
}

/** The ways to read a source, most likely first; the first that compiles is taken. */
export function readUserSource(source: string, kind: SourceKind): readonly UserScript[] {
  if (sourceWords[kind].form === 'body') return [{ code: `(function (inputs) {${source}\n})`, fileName: 'code.js' }]
  const fileName = 'metric.js'
  if (exported.test(source)) return [{ code: `${source.replace(exported, '$1var __default = ')}\n;__default`, fileName }]
  const expression = { code: `(${withoutEnd(source)}\n)`, fileName }
  const name = mainFunction(source)
  // A lone `function name() {}` is an expression too; only helpers beside it make it a script.
  return name === undefined ? [expression] : [expression, { code: `${source}\n;${name}`, fileName }]
}

/** Without the semicolons and the space that may follow an expression. */
export function withoutEnd(source: string): string {
  let end = source.length
  while (end > 0 && /[\s;]/.test(source[end - 1] ?? '')) end -= 1
  return source.slice(0, end)
}

const exported = /^([^\S\r\n\u2028\u2029]*)export\s+default\s+/m

/** `metric` where that is declared, else the last function declared at the start of a line. */
function mainFunction(source: string): string | undefined {
  const names = [...source.matchAll(/^(?:function\s+([\w$]+)|(?:const|let|var)\s+([\w$]+)\s*=)/gm)].map(match => match[1] ?? match[2])
  return names.includes('metric') ? 'metric' : names.at(-1)
}
