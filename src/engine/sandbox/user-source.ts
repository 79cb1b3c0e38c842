/** A script whose completion value is the user's function. Its lines are the user's lines, so error positions need no mapping. */
export interface UserScript {
  readonly code: string
  readonly fileName: string
}

/** The ways to read a source, most likely first; the first that compiles is taken. */
export function readUserSource(source: string, kind: 'metric' | 'code'): readonly UserScript[] {
  if (kind === 'code') return [{ code: `(function (inputs) {${source}\n})`, fileName: 'code.js' }]
  const fileName = 'metric.js'
  if (exported.test(source)) return [{ code: `${source.replace(exported, '$1var __default = ')}\n;__default`, fileName }]
  const expression = { code: `(${source.replace(/[\s;]+$/, '')}\n)`, fileName }
  const name = mainFunction(source)
  // A lone `function name() {}` is an expression too; only helpers beside it make it a script.
  return name === undefined ? [expression] : [expression, { code: `${source}\n;${name}`, fileName }]
}

const exported = /^(\s*)export\s+default\s+/m

/** `metric` where that is declared, else the last function declared at the start of a line. */
function mainFunction(source: string): string | undefined {
  const names = [...source.matchAll(/^(?:function\s+([\w$]+)|(?:const|let|var)\s+([\w$]+)\s*=)/gm)].map(match => match[1] ?? match[2])
  return names.includes('metric') ? 'metric' : names.at(-1)
}
