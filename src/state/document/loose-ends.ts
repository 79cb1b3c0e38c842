import { bodiesOf } from '@/engine/program/bodies'
import type { ProgramGraph } from '@/engine/program/program'
import type { Project } from '@/engine/project/project'

/** What a document names that is not in it: ends of wires, and models. */
export function looseEnds(project: Project): ReadonlySet<string> {
  const models = new Set(project.models.map(({ id }) => id))
  const named = [...Object.values(project.roles), ...Object.values(project.state).flatMap(({ lm, nearest }) => [lm, nearest?.embedder])]
  return new Set([...looseWires(project.graph), ...named.filter(id => id !== undefined && !models.has(id)).map(id => `model ${id}`)])
}

function looseWires({ nodes, edges }: ProgramGraph): readonly string[] {
  const ends = new Set(nodes.flatMap(node => node.fields.map(field => `${node.id} ${field.id}`)))
  const loose = edges.filter(({ from, to }) => ![from, to].every(({ node, field }) => ends.has(`${node} ${field}`)))
  return [...loose.map(({ id }) => `wire ${id}`), ...nodes.flatMap(node => bodiesOf(node).flatMap(({ graph }) => looseWires(graph)))]
}

/** Without the columns of fields that the program has not any more, as when such a field is removed by hand. */
export function withoutGoneColumns(project: Project): Project {
  const fields = new Set(project.graph.nodes.flatMap(node => node.fields.map(({ id }) => id)))
  const { inputs, labels } = project.mapping
  if ([...Object.keys(inputs), ...Object.keys(labels)].every(id => fields.has(id))) return project
  const kept = <T>(columns: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(columns).filter(([id]) => fields.has(id)))
  return { ...project, mapping: { inputs: kept(inputs), labels: kept(labels) } }
}
