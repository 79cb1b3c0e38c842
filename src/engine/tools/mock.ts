import { canonicalJson } from '@/lib/canonical-json'
import type { Json, JsonObject } from '@/lib/json'
import { EngineError } from '../base/errors'
import type { CallPurpose } from '../lm/lm'
import type { ToolBase } from './tool-base'

/** Whether the fixed answers of a tool stand in for it in work of this purpose. A single row and an exported program have the tool itself, unless it says otherwise. */
export function isMocked({ mock }: Pick<ToolBase, 'mock'>, purpose: CallPurpose | 'compile'): boolean {
  return mock !== undefined && (mock.use === 'always' || purpose !== 'row')
}

/** The fixed answer for these arguments, else the one without arguments. Throws `tool-failed` where there is neither. */
export function mockedAnswer({ name, mock }: Pick<ToolBase, 'name' | 'mock'>, args: JsonObject): Json {
  const answers = mock?.answers ?? []
  const wanted = canonicalJson(args)
  const found = answers.find(one => one.args && canonicalJson(one.args) === wanted) ?? answers.find(one => one.args === undefined)
  if (found) return found.answer
  throw new EngineError('tool-failed', `The tool ${name} has no fixed answer for these arguments.`, { tool: name })
}
