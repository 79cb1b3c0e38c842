import type { ProgramSource } from '@/engine/graph/user-sources'
import { sourceWords } from '@/engine/user-code/source-kind'
import { withoutEnd } from '@/engine/user-code/user-source'
import { scriptComment, scriptString } from './script-text'

/** code.js: the JavaScript of a program, each source under its id. None of it runs while the file is loaded: see `checkSources`. */
export function codeModule(sources: readonly ProgramSource[]): string {
  const functions = sources.map(source => {
    const { id, title } = source
    const name = id === '__proto__' ? `[${scriptString(id)}]` : scriptString(id)
    return `  // ${scriptComment(title)}\n  ${name}: ${codeFunction(source)},\n`
  })
  const helper = sources.some(({ kind }) => sourceWords[kind].form === 'expression') ? onFirstCall : ''
  return `// The JavaScript of the program, as written in the studio.\n${helper}export const code = {\n${functions.join('')}}\n`
}

/** A source as a function that can be called, between lines of its own. An expression is not evaluated before it is. */
export function codeFunction({ kind, source }: Pick<ProgramSource, 'kind' | 'source'>): string {
  return sourceWords[kind].form === 'body' ? `function (inputs) {\n${source}\n  }` : `onFirstCall(() => (\n${withoutEnd(source)}\n  ))`
}

const onFirstCall = `const onFirstCall = make => {
  let made
  return (...args) => (made ??= make())(...args)
}

`
