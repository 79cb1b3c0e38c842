import type { JsonObject } from '@/lib/json'
import { submitTool } from '../base/agent-words'
import type { SignatureNode } from '../program/program'
import { jsonSchemaOf } from '../signature/json-schema'
import { namedFields } from './made-fields'
import type { Tool } from './react-tools'

/** The tool by which an agent hands its outputs in: what it takes are these. */
export function submitOf(node: SignatureNode): Tool {
  const args = namedFields(node, 'output').map(({ name, type, desc }) => ({ name, type, desc }))
  return { name: submitTool, desc: 'Hands in the outputs and ends the work.', args, source: '' }
}

/** What such an agent may call, as DSPy's `Tool` holds each. */
export function toolsShown(node: SignatureNode, tools: readonly Tool[]): readonly JsonObject[] {
  return [...tools, submitOf(node)].map(toolValue)
}

/** A tool as DSPy's `Tool` holds one. */
export function toolValue({ name, desc, args }: Tool): JsonObject {
  const schemas = args.map(argument => {
    const schema = jsonSchemaOf(argument.type)
    return [argument.name, argument.desc === '' ? schema : { ...schema, description: argument.desc }] as const
  })
  return { name, ...(desc !== '' && { desc }), args: Object.fromEntries(schemas) }
}
