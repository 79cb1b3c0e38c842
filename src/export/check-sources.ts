import { sourceWords } from '@/engine/user-code/source-kind'
import { EngineError, isEngineError } from '@/engine/base/errors'
import { userSources, type ProgramSource } from '@/engine/graph/user-sources'
import type { ProgramGraph } from '@/engine/program/program'
import type { ModuleChecker } from '@/engine/user-code/code-runner'
import { withoutEnd } from '@/engine/user-code/user-source'
import { sha256Hex } from '@/lib/hash'
import { codeModule } from './code-module'

/**
 * Throws `code-failed` for user code that could not stand in code.js: one that does not compile there, which is a module and so strict, and one
 * that closes the function it is put into and goes on outside of it, where it would run as soon as the file is loaded.
 */
export async function checkSources(graph: ProgramGraph, runner: ModuleChecker): Promise<void> {
  for (const source of userSources(graph)) {
    try {
      await runner.load(source.source, source.kind)
    } catch (error) {
      if (!isEngineError(error)) throw error
      throw new EngineError(error.code, `${source.title}: ${error.message}`, error.facts, error)
    }
    const problem = await problemOf(source, runner)
    if (problem === undefined) continue
    const way = sourceWords[source.kind].form === 'body' ? 'the body of one function' : 'one function, such as (example, prediction) => 1'
    throw new EngineError(
      'code-failed',
      `${source.title}: this code cannot be written into code.js, where JavaScript is strict. Write it as ${way}.${problem}`,
    )
  }
}

/** What else to say of a source that cannot be written; undefined for one that can. */
async function problemOf(source: ProgramSource, runner: ModuleChecker): Promise<string | undefined> {
  // Where these signs are code and no text, browsers and Node refuse the module, which the code runner does not.
  const withoutHtml = { ...source, source: source.source.replaceAll('<!--', '<!@--') }
  for (const one of new Set([codeModule([source]), codeModule([withoutHtml])])) {
    const fault = await faultIn(one, runner)
    if (fault !== undefined) return fault
  }
  const stays = sourceWords[source.kind].form === 'body' ? staysInBody : staysInBrackets
  return (await stays(source.source, runner)) ? undefined : ''
}

/**
 * A name declared before the source and again behind it is declared twice only where both stand in one and the same block. A block that was
 * closed cannot be entered again, so what lies between is inside, however it is read: no bracket, comment, text or regular expression of the
 * source matters. The names come from a hash of the source, which therefore cannot hold them.
 */
async function staysInBody(source: string, runner: ModuleChecker): Promise<boolean> {
  const hash = sha256Hex(source)
  const [name, other] = [`a${hash}`, `b${hash}`]
  const between = (last: string): string => `export const code = function (inputs) {\nlet ${name};\n${source}\n;let ${last}\n}\n`
  return (await faultIn(between(other), runner)) === undefined && (await faultIn(between(name), runner))?.includes('redefinition') === true
}

/** Up to the bracket that would close the one around it, a source is read alike in both kinds; and there it does not compile in one of them. */
async function staysInBrackets(source: string, runner: ModuleChecker): Promise<boolean> {
  const expression = withoutEnd(source)
  return (
    (await faultIn(`export const code = () => [\n${expression}\n]\n`, runner)) === undefined &&
    (await faultIn(`export const code = () => (\n${expression}\n)\n`, runner)) === undefined
  )
}

/** Why a module does not compile, as a sentence to put behind another; undefined where it does. */
async function faultIn(module: string, runner: ModuleChecker): Promise<string | undefined> {
  try {
    await runner.checkModule(module)
    return undefined
  } catch (error) {
    if (!isEngineError(error, 'code-failed')) throw error
    const { thrown } = error.facts
    return typeof thrown === 'string' ? ` (${thrown})` : ''
  }
}
