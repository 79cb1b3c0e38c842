import { parseArgs } from 'node:util'
import { EngineError } from '@/engine/base/errors'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'

const options = {
  project: { type: 'string' },
  data: { type: 'string' },
  val: { type: 'string' },
  map: { type: 'string' },
  split: { type: 'string' },
  limit: { type: 'string' },
  lm: { type: 'string' },
  'prompt-lm': { type: 'string' },
  'teacher-lm': { type: 'string' },
  'reflection-lm': { type: 'string' },
  'judge-lm': { type: 'string' },
  'extraction-lm': { type: 'string' },
  'embedding-lm': { type: 'string' },
  'key-env': { type: 'string' },
  'prompt-key-env': { type: 'string' },
  'teacher-key-env': { type: 'string' },
  'reflection-key-env': { type: 'string' },
  'judge-key-env': { type: 'string' },
  'extraction-key-env': { type: 'string' },
  'embedding-key-env': { type: 'string' },
  temperature: { type: 'string' },
  'max-tokens': { type: 'string' },
  concurrency: { type: 'string' },
  seed: { type: 'string' },
  optimizer: { type: 'string' },
  params: { type: 'string' },
  state: { type: 'string' },
  out: { type: 'string' },
  to: { type: 'string' },
  signature: { type: 'string' },
  'signature-file': { type: 'string' },
  'signature-class': { type: 'string' },
  template: { type: 'string' },
  instructions: { type: 'string' },
  module: { type: 'string' },
  adapter: { type: 'string' },
  'json-fallback': { type: 'string' },
  wording: { type: 'string' },
  'dspy-exact': { type: 'boolean' },
  'native-tools': { type: 'boolean' },
  metric: { type: 'string' },
  name: { type: 'string' },
  journal: { type: 'string' },
  'pause-file': { type: 'string' },
  'max-calls': { type: 'string' },
  'max-tokens-total': { type: 'string' },
  'max-cost': { type: 'string' },
  'max-seconds': { type: 'string' },
  'max-errors': { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  secret: { type: 'string', multiple: true },
  timeout: { type: 'string' },
  price: { type: 'string' },
  encoding: { type: 'string' },
  'skip-bad-rows': { type: 'boolean' },
  stream: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export type Flags = ReturnType<typeof parse>['values']

/** Splits the command from its flags. Throws `params-invalid` with the flag that is wrong. */
export function parseArguments(argv: readonly string[]): { command: string; flags: Flags } {
  const { values, positionals } = parse(argv)
  const [command = 'help', ...rest] = positionals
  if (rest.length > 0)
    throw new EngineError(
      'params-invalid',
      `"${rest.join(' ')}" was not expected after "${command}". Every setting is a flag, such as --project file.json.`,
    )
  return { command: values.help ? 'help' : command, flags: values }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : 'Unreadable arguments'
    throw new EngineError('params-invalid', `${message}. Run "cli help" for the flags.`)
  }
}

export function requireFlag(flags: Flags, name: keyof Flags): string {
  const value = flags[name]
  if (typeof value !== 'string' || value === '')
    throw new EngineError('params-invalid', `--${name} is missing. Run "cli help" for the flags.`)
  return value
}

/** A number flag, or undefined when it is absent. */
export function numberFlag(flags: Flags, name: keyof Flags, least = 0): number | undefined {
  const text = flags[name]
  if (typeof text !== 'string') return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < least)
    throw new EngineError('params-invalid', `--${name} must be a number of at least ${least}, not "${text}".`)
  return value
}

export function integerFlag(flags: Flags, name: keyof Flags, least = 0): number | undefined {
  const value = numberFlag(flags, name, least)
  if (value !== undefined && !Number.isInteger(value))
    throw new EngineError('params-invalid', `--${name} must be a whole number, not ${value}.`)
  return value
}

export function jsonFlag(flags: Flags, name: keyof Flags): JsonObject {
  const text = flags[name]
  if (typeof text !== 'string') return {}
  const parsed = parseJson(text)
  if (!parsed.ok || !isJsonObject(parsed.value))
    throw new EngineError('params-invalid', `--${name} must be a JSON object such as '{"k": 4}'.`)
  return parsed.value
}
