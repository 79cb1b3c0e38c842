import { askingOf } from '../program/asking'
import { graphAt, nodeAt, pathWithin, stagesOf, type BodyPath } from '../program/bodies'
import { programInputs, programOutputs } from '../program/ends'
import type { Body, Edge, Program, ProgramGraph, VoteNode } from '../program/program'
import type { Field } from '../signature/signature'

/**
 * A body as a program of its own, which takes and returns the body's fields: it runs once, and none of its neighbours. Its steps keep
 * their paths in the whole program, so that what a run says of them is found where they are shown. Undefined where the path leads nowhere.
 */
export function bodyAlone({ graph, state }: Program, path: BodyPath): Program | undefined {
  const stages = stagesOf(path)
  const last = stages.at(-1)
  const inner = graphAt(graph, path)
  if (last === undefined || inner === undefined) return undefined
  const fields = [...withRole(programInputs(inner), 'input'), ...withRole(programOutputs(inner), 'output')]
  let framed: ProgramGraph | undefined = inner
  for (const [index, { node, body }] of [...stages.entries()].toReversed()) {
    const outer = stages[index - 1]?.path
    framed = framed && frame(graphAt(graph, outer), nodeAt(graph, pathWithin(outer, node)), { body, graph: framed, fields })
  }
  const start = `${path}/`
  return framed && { graph: framed, state: Object.fromEntries(Object.entries(state).filter(([id]) => id.startsWith(start))) }
}

interface Within {
  readonly body: string
  readonly graph: ProgramGraph
  readonly fields: readonly Field[]
}

/** A vote of one: it returns what its only program answers. */
function frame(outer: ProgramGraph | undefined, node: ReturnType<typeof nodeAt>, within: Within): ProgramGraph | undefined {
  if (outer === undefined || node === undefined || !('bodies' in node)) return undefined
  const { body: id, graph, fields } = within
  const body: Body = { id, name: node.bodies?.find(each => each.id === id)?.name ?? id, graph }
  const vote: VoteNode = { kind: 'vote', id: node.id, name: node.name, fields, moduleParams: {}, bodies: [body] }
  const [start, end] = [`${node.id} in`, `${node.id} out`]
  const edges = fields.map(({ id: field, role }): Edge => ({
    id: `${role} ${field}`,
    from: { node: role === 'input' ? start : node.id, field },
    to: { node: role === 'input' ? node.id : end, field },
  }))
  return {
    nodes: [
      { kind: 'input', id: start, name: `Input of ${body.name}`, fields: withRole(ofRole(fields, 'input'), 'output') },
      { ...vote, ...(node.adapter && { adapter: node.adapter }) },
      { kind: 'output', id: end, name: `Output of ${body.name}`, fields: withRole(ofRole(fields, 'output'), 'input') },
    ],
    edges,
    ...askingOf(outer),
  }
}

function ofRole(fields: readonly Field[], role: Field['role']): readonly Field[] {
  return fields.filter(field => field.role === role)
}

function withRole(fields: readonly Field[], role: Field['role']): readonly Field[] {
  return fields.map(field => ({ ...field, role }))
}
