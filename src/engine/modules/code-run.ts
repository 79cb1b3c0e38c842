import { isJsonObject, type Json } from '@/lib/json'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import { loadOnce } from '../user-code/load-once'
import { coerceValue } from '../signature/check-value'
import type { CodeNode } from '../program/program'
import type { Scope } from './scope'

/**
 * Runs a code node in the code runner and fits what it returns to the types of its outputs. Throws `code-failed` naming the field,
 * `sandbox-timeout` or `sandbox-memory`.
 */
export async function runCode(node: CodeNode, inputs: Values, { runner }: Pick<Scope, 'runner'>): Promise<Values> {
  const body = await loadOnce(runner, node.source, 'code')
  const returned = await body.call([inputs])
  const outputs = node.fields.filter(field => field.role === 'output')
  if (!isJsonObject(returned)) {
    throw new EngineError(
      'code-failed',
      `The code of ${node.name} must return an object with ${outputs.map(field => field.name).join(', ')}. It returned ${describe(returned)}.`,
    )
  }
  const values: Record<string, Json> = {}
  for (const field of outputs) {
    const value = returned[field.name]
    if (value === undefined && field.type.kind !== 'optional') {
      throw new EngineError('code-failed', `The code of ${node.name} returned no "${field.name}".`, { field: field.name })
    }
    const fitted = coerceValue(field.type, value ?? null)
    if (!fitted.ok) {
      throw new EngineError(
        'code-failed',
        `The code of ${node.name} returned a "${field.name}" that does not fit its type: ${fitted.reason}.`,
        { field: field.name },
      )
    }
    values[field.name] = fitted.value
  }
  return values
}

function describe(value: Json): string {
  if (value === null) return 'nothing'
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
