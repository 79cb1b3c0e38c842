import { bodiesOf } from '@/engine/program/bodies'
import { castDraft } from 'immer'
import { newId } from '@/lib/ids'
import { canonicalJson } from '@/lib/canonical-json'
import { isInputNode, isOutputNode } from '@/engine/program/ends'
import type { Field } from '@/engine/signature/signature'
import type { ProjectDraft } from '../project-store'
import { dropLooseEdges, plain } from './graph-draft'

type NodeDraft = ProjectDraft['graph']['nodes'][number]
interface Change {
  readonly before: readonly Field[]
  readonly after: readonly Field[]
}

/**
 * What the fields of a step are, the Inputs and Outputs of its programs are by name: a field that comes, goes, or is called or typed
 * otherwise does so there, too. A program that has its own type for a field keeps it, and may leave an input out.
 */
export function followInBodies(node: NodeDraft, change: Change): void {
  for (const { graph } of bodiesOf(node)) {
    for (const end of graph.nodes) {
      const role = isInputNode(end) ? 'input' : isOutputNode(end) ? 'output' : undefined
      if (role) followAt(end, role, change)
    }
    dropLooseEdges({ graph })
  }
}

function followAt(end: NodeDraft, role: Field['role'], { before, after }: Change): void {
  const old = before.filter(field => field.role === role)
  for (const field of old) {
    const at = end.fields.findIndex(({ name }) => name === field.name)
    const own = end.fields[at]
    const next = after.find(({ id }) => id === field.id)
    if (own === undefined) continue
    if (next === undefined) end.fields.splice(at, 1)
    else {
      if (!end.fields.some(({ name }) => name === next.name)) own.name = next.name
      if (canonicalJson(plain(own.type)) === canonicalJson(field.type)) own.type = castDraft(next.type)
      if (own.desc === field.desc) own.desc = next.desc
    }
  }
  for (const field of after.filter(each => each.role === role && !old.some(({ id }) => id === each.id))) {
    if (end.fields.some(({ name }) => name === field.name)) continue
    end.fields.push(castDraft({ ...field, id: newId('field'), role: role === 'input' ? 'output' : 'input' }))
  }
}
