import type { Json, JsonObject } from '@/lib/json'
import { EngineError } from '../base/errors'
import type { Values } from '../base/example'
import { coerceValue } from '../signature/check-value'
import type { Tool } from '../tools/registry'
import type { Scope } from './scope'

/**
 * Runs a tool on arguments a model wrote. Throws `code-failed` for arguments that do not fit, and what its kind throws. As in DSPy an unknown argument is refused; optional ones may be left out.
 */
export async function callTool(tool: Tool, args: Values, scope: Pick<Scope, 'call'>): Promise<Json> {
  return scope.call(tool, fitArguments(tool, args))
}

/** The arguments as the tool declares them. Throws `code-failed` for those that do not fit. */
export function fitArguments(tool: Pick<Tool, 'name' | 'args'>, args: Values): JsonObject {
  const unknown = Object.keys(args).find(name => !tool.args.some(argument => argument.name === name))
  if (unknown !== undefined) throw badArgument(tool, `it takes no argument "${unknown}"`)
  const fitted: Record<string, Json> = {}
  for (const { name, type } of tool.args) {
    const value = Object.hasOwn(args, name) ? args[name] : undefined
    if (value === undefined && type.kind !== 'optional') throw badArgument(tool, `the argument "${name}" is missing`)
    const result = coerceValue(type, value ?? null)
    if (!result.ok) throw badArgument(tool, `the argument "${name}" does not fit: ${result.reason}`)
    fitted[name] = result.value
  }
  return fitted
}

function badArgument({ name }: Pick<Tool, 'name'>, reason: string): EngineError {
  return new EngineError('code-failed', `The tool ${name} was not run: ${reason}.`, { tool: name })
}
