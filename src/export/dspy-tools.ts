import { readPythonLiteral } from '@/engine/adapters/python-literal'
import { finishTool } from '@/engine/base/agent-words'
import { fieldNameProblem } from '@/engine/signature/types/field-name'
import { typeOfSchema } from '@/engine/signature/type-of-schema'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'

/**
 * The tools of which the instructions of DSPy's agent speak, with what a state file does not have in place of their code: each says that it
 * has to be written. Empty where there are none. Takes time in proportion to the text.
 */
export function toolsIn(instructions: string): readonly JsonObject[] {
  const tools = new Map<string, JsonObject>()
  for (const line of instructions.split('\n')) {
    const name = /^\(\d{1,4}\) (\w{1,100}), whose description is <desc>/.exec(line)?.[1]
    if (name === undefined || name === finishTool || tools.has(name) || fieldNameProblem(name) !== undefined) continue
    const end = line.lastIndexOf('</desc>')
    const desc = end < 0 ? '' : line.slice(line.indexOf('<desc>') + 6, end).trim()
    tools.set(name, { name, desc, args: argsIn(line.slice(end)), source: unwritten(name) })
    if (tools.size >= mostTools) break
  }
  return [...tools.values()]
}

const mostTools = 200

function argsIn(text: string): readonly Json[] {
  const [open, close] = [text.indexOf('{'), text.lastIndexOf('}')]
  const schemas = open < 0 ? undefined : readPythonLiteral(text.slice(open, close + 1))
  if (!isJsonObject(schemas ?? null)) return []
  return Object.entries(schemas as JsonObject).flatMap(([name, schema]) =>
    fieldNameProblem(name) === undefined
      ? [
          {
            name,
            type: typeOfSchema(schema) as unknown as Json,
            desc: isJsonObject(schema) && typeof schema['description'] === 'string' ? schema['description'] : '',
          },
        ]
      : [],
  )
}

function unwritten(name: string): string {
  return `throw new Error('The tool ${name} is still to be written in JavaScript.')\n`
}
