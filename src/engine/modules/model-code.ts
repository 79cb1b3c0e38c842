import type { Json } from '@/lib/json'
import { pythonJson } from '@/lib/python-text'
import { EngineError, isEngineError } from '../base/errors'
import { runModelScript, type ModelScript, type ScriptEnd } from '../user-code/model-script'
import type { Scope } from './scope'

/** The program in what a model wrote for one, or why there is none. */
export interface WrittenProgram {
  readonly code: string
  readonly problem?: string
}

/**
 * The first fenced block of the text, else all of it. A program that ends with a declaration gets the declared name as its last line, so
 * that its value is what the program returns. Source: dspy-spec §3.5.
 * Differs: DSPy cuts code off at the first `---` and at two empty lines, and refuses a line with two `=`: all of that is plain JavaScript.
 */
export function programIn(written: Json | undefined): WrittenProgram {
  const text = typeof written === 'string' ? written : ''
  const code = unfenced(text).trim()
  if (code === '') return { code: text, problem: 'The program is empty.' }
  const last = code.slice(code.lastIndexOf('\n') + 1)
  const declared = /^(?:const|let|var) ([\w$]+) ?=/.exec(last.trim())?.[1]
  return { code: declared === undefined ? code : `${code}\n${declared}` }
}

/** A fence that is never closed holds the rest. */
function unfenced(text: string): string {
  const open = text.indexOf('```')
  if (open < 0) return text
  const start = text.indexOf('\n', open)
  if (start < 0) return text.slice(0, open)
  const close = text.indexOf('```', start)
  return text.slice(start + 1, close < 0 ? text.length : close)
}

/**
 * Runs code of the model's and notes it in the trace: the code with what came of it, and below it each call of a tool. Why it failed is
 * part of the end. Throws what `runModelScript` throws.
 */
export function runCodeOf(scope: Scope, script: ModelScript): Promise<ScriptEnd> {
  return noteCodeOf(scope, script.blocks.at(-1) ?? '', () => runModelScript(scope.runner, script))
}

/** The same for code that `run` brings to its end; what it asks on the way is noted below the code, too. Throws what `run` throws. */
export async function noteCodeOf(scope: Scope, code: string, run: (within: Scope) => Promise<ScriptEnd>): Promise<ScriptEnd> {
  let end: ScriptEnd | undefined
  try {
    await scope.tool('code', { code }, async within => {
      end = await run(within)
      for (const { name, args, result, error } of end.calls) {
        const work = async (): Promise<Json> => {
          if (error === undefined) return result ?? null
          throw new EngineError('code-failed', `The tool ${name} failed: ${error}`, { thrown: error })
        }
        // The code was told of it: here it is only noted.
        await within.tool(name, args, work).catch(unlessBug)
      }
      if (end.error !== undefined) throw new EngineError('code-failed', `The code failed: ${end.error}`, { thrown: end.error })
      return outputOf(end)
    })
  } catch (error) {
    if (end === undefined) throw error
    unlessBug(error)
  }
  if (end === undefined) throw new Error('code has run without an end')
  return end
}

function unlessBug(error: unknown): void {
  if (!isEngineError(error, 'code-failed')) throw error
}

/** What a block of code returned, as JSON text: what it submitted, else what it printed, else its last value. */
export function codeOutput(end: Pick<ScriptEnd, 'submitted' | 'printed' | 'value'>): string {
  return pythonJson(outputOf(end))
}

function outputOf({ submitted, printed, value }: Pick<ScriptEnd, 'submitted' | 'printed' | 'value'>): Json {
  if (submitted !== undefined) return submitted
  return printed === '' ? (value ?? null) : printed
}
