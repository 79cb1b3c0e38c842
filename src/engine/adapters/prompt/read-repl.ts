import { isEngineError } from '../../base/errors'
import { parseTypeName } from '../../signature/parse-type-name'
import type { FieldType } from '../../signature/types/field-type'
import type { Prompt, PromptField, PromptValues } from './prompt'

/** What a prompt of RLM shows: of its turns, and of the one that reads the outputs from them. */
export interface ReplPrompt {
  /** The tuned instructions. */
  readonly instructions: string
  /** The outputs to hand in, where it is a turn. */
  readonly outputs: readonly PromptField[]
  /** What is shown of each variable, and whether that is all of it. */
  readonly variables: readonly { readonly name: string; readonly shown: string; readonly isWhole: boolean }[]
  /** How many prompts its code may ask another model; 0 where nothing says it may. */
  readonly queries: number
  /** What the last block printed; undefined before the first. */
  readonly printed?: string
}

/** Undefined for any other prompt. */
export function replPrompt({ request, instructions }: Pick<Prompt, 'request' | 'instructions'>): ReplPrompt | undefined {
  const { variables_info: info, repl_history: history } = request
  if (info === undefined || history === undefined) return undefined
  const gap = instructions.lastIndexOf('\n\n')
  const added = instructions.slice(Math.max(0, gap)).trim()
  const printed = lastOutput(history)
  return {
    instructions: instructions.slice(0, Math.max(0, gap)),
    outputs: added.startsWith(outputsStart) ? outputsIn(added.slice(outputsStart.length).split('\n')[0] ?? '') : [],
    variables: variablesIn(info),
    queries: Number(/In all, (\d{1,4}) prompts may be asked/.exec(added)?.[1] ?? 0),
    ...(printed !== undefined && { printed }),
  }
}

const outputsStart = 'Work these out: '

/** The values that answers are to be found in: what the code printed in place of what is too long to be shown. */
export function shownValues({ variables, printed }: ReplPrompt): PromptValues {
  const hasPrinted = printed !== undefined
  const shown = variables.filter(({ isWhole }) => isWhole || !hasPrinted).map(variable => [variable.name, variable.shown] as const)
  return Object.fromEntries(hasPrinted ? [...shown, ['printed', printed]] : shown)
}

/** `label` (Literal['a', 'b']), `count` (int). */
function outputsIn(line: string): readonly PromptField[] {
  return line.split(/, (?=`)/).flatMap(part => {
    const name = /^`(\w{1,200})` \(/.exec(part)
    if (name?.[1] === undefined) return []
    return [{ name: name[1], type: typeNamed(part.slice(name[0].length, part.lastIndexOf(')'))), desc: '' }]
  })
}

function typeNamed(text: string): FieldType {
  try {
    return parseTypeName(text)
  } catch (error) {
    if (isEngineError(error)) return { kind: 'any' }
    throw error
  }
}

function variablesIn(text: string): ReplPrompt['variables'] {
  const lines = text.split('\n').map(line => (line.startsWith('    ') ? line.slice(4) : line))
  const starts = lines.flatMap((line, at) => {
    const name = /Variable: `(\w{1,200})`$/.exec(line.slice(-220))?.[1]
    return name === undefined ? [] : [{ name, at }]
  })
  return starts.map(({ name, at }, index) => {
    const own = lines.slice(at, starts[index + 1]?.at)
    const open = own.indexOf('```')
    const close = own.lastIndexOf('```')
    const shown = open < 0 ? '' : own.slice(open + 1, close > open ? close : undefined).join('\n')
    const length = /^Total length: ([\d,]{1,20}) characters$/.exec(own.find(line => line.startsWith('Total length: ')) ?? '')?.[1]
    return { name, shown, isWhole: Number((length ?? '').replaceAll(',', '')) <= shown.length }
  })
}

function lastOutput(history: string): string | undefined {
  const start = history.lastIndexOf('\nOutput (')
  if (start < 0) return undefined
  const end = history.indexOf('chars):\n', start)
  return end < 0 ? undefined : history.slice(end + 'chars):\n'.length)
}
