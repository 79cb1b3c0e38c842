import { cutText } from '@/lib/cut-text'
import { isJsonObject, parseJson } from '@/lib/json'
import { EngineError } from '../base/errors'
import { mostScriptSteps, timeLimitOf, type CodeLimits } from './code-runner'
import { sourceWords, type SourceKind } from './source-kind'
import { thrownText } from './thrown-text'

/** What the prelude's `describe` says of a thrown value. Read by hand: a schema library would double the size of the code runner's thread. */
export type Thrown =
  | { readonly type: 'null' }
  | { readonly type: 'text'; readonly said: string; readonly length: number }
  | { readonly type: 'value'; readonly said: string }
  | { readonly type: 'error'; readonly name: string; readonly message: string; readonly stack?: string }

export const unreadable: Thrown = { type: 'value', said: 'a value that cannot be read' }

export function readThrown(text: string): Thrown {
  const parsed = parseJson(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return unreadable
  const { type, said, length, name, message, stack } = parsed.value
  if (type === 'null') return { type }
  if (type === 'value' && typeof said === 'string') return { type, said }
  if (type === 'text' && typeof said === 'string' && typeof length === 'number') return { type, said, length }
  if (type !== 'error' || typeof name !== 'string' || typeof message !== 'string') return unreadable
  return { type, name, message, ...(typeof stack === 'string' && { stack }) }
}

export interface ThrownWhere {
  readonly kind: SourceKind
  readonly limits: CodeLimits
  /** Lines the user wrote. */
  readonly lineCount: number
  /** Whether the machine's memory has reached the limit. With none left there is none for an error either, and QuickJS throws null. */
  readonly isFull: boolean
  /** Whether it was stopped at the count of steps that what a model wrote may take. */
  readonly isOverSteps: boolean
}

/** What came out of user code, as an error that says what it was. */
export function userError(thrown: Thrown, where: ThrownWhere): EngineError {
  const { what } = sourceWords[where.kind]
  const instead = 'Throw an Error whose message says what went wrong.'
  switch (thrown.type) {
    case 'null':
      if (where.isFull) return outOfMemory(what, where.limits)
      return new EngineError('code-failed', `${what} threw null. ${instead}`, { thrown: 'null' })
    case 'text':
      return new EngineError('code-failed', `${what} threw ${quoted(thrown)}.`, { thrown: thrownText(thrown.said) })
    case 'value':
      return new EngineError('code-failed', `${what} threw ${short(thrown.said)}. ${instead}`, { thrown: thrownText(thrown.said) })
    case 'error':
      return fromError(thrown, what, where)
    default:
      return thrown satisfies never
  }
}

function fromError(thrown: Thrown & { type: 'error' }, what: string, where: ThrownWhere): EngineError {
  const { kind, limits, lineCount, isOverSteps } = where
  const { name, message } = thrown
  if (name === 'InternalError' && message === 'interrupted' && isOverSteps)
    return new EngineError(
      'sandbox-timeout',
      `${what} took more than ${mostScriptSteps.toLocaleString('en')} steps and was stopped. Look for a loop that does not end.`,
      { steps: mostScriptSteps },
    )
  if (name === 'InternalError' && message === 'interrupted')
    return new EngineError(
      'sandbox-timeout',
      `${what} ran longer than ${timeLimitOf(limits, kind)} ms and was stopped. Look for a loop that does not end.`,
      { timeoutMs: timeLimitOf(limits, kind) },
    )
  if (name === 'InternalError' && /out of memory/.test(message)) return outOfMemory(what, limits)
  if ((name === 'InternalError' || name === 'RangeError') && /stack (overflow|size exceeded)/.test(message))
    return new EngineError('code-failed', `${what} calls itself too deeply. Look for a recursion that does not end.`)
  const found = lineOf(thrown.stack)
  // Behind the user's last line stands only what closes our frame around it: met there, the source itself was not at its end.
  const isPastEnd = found !== undefined && found > lineCount
  const line = isPastEnd ? lineCount : found
  const reason = isPastEnd ? 'a bracket is missing or one too many, or the last expression is not finished' : short(message, 1000)
  const place = line === undefined ? '' : ` (line ${line})`
  const verb = name === 'SyntaxError' ? 'does not compile' : 'failed'
  return new EngineError(
    'code-failed',
    `${what} ${verb}${place}: ${name === 'Error' || name === 'SyntaxError' ? '' : `${short(name, 60)}: `}${reason}`,
    { thrown: thrownText({ name, message }), ...(line !== undefined && { line }) },
  )
}

/** The first frame in the user's file: `at f (metric.js:3:5)` or `at metric.js:3`. */
function lineOf(stack: string | undefined): number | undefined {
  const line = /(?:metric|code)\.js:(\d+)/.exec(stack ?? '')?.[1]
  return line === undefined ? undefined : Number(line)
}

function quoted({ said, length }: Thrown & { type: 'text' }): string {
  if (said.length <= shown) return JSON.stringify(said)
  return `a text of ${length.toLocaleString('en')} characters that starts ${JSON.stringify(cutText(said, shown))}`
}

function short(text: string, most = shown): string {
  return text.length <= most ? text : `${cutText(text, most)}…`
}

/** Characters of a thrown value in a sentence. */
const shown = 200

function outOfMemory(what: string, { memoryBytes }: CodeLimits): EngineError {
  return new EngineError(
    'sandbox-memory',
    `${what} used more than ${Math.round(memoryBytes / 1024 / 1024)} MB of memory and was stopped.`,
    { memoryBytes },
  )
}
