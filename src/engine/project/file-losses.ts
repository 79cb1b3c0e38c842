import { asLine } from '@/lib/line-text'
import { safeName } from '@/lib/tabular/column-names'
import { bodiesOf } from '../program/bodies'
import type { ProgramGraph } from '../program/program'
import type { ProjectFile } from './project'

/** Paths of what a value has and its checked copy has not. */
export function unknownProperties(value: unknown, known: unknown, path = ''): readonly string[] {
  if (value === known || typeof value !== 'object' || value === null || typeof known !== 'object' || known === null) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const place = path === '' ? key : `${path}.${key}`
    return Object.hasOwn(known, key) ? unknownProperties(item, Reflect.get(known, key), place) : [place]
  })
}

/**
 * The file with every label in one line: names of nodes, programs, models, columns, of the project and its dataset. What refers to them does
 * so by id. `renamed` is told for each that had to change.
 */
export function withLineNames(file: ProjectFile, renamed: (to: string) => void): ProjectFile {
  const line = (name: string): string => {
    const to = asLine(name)
    if (to !== name) renamed(to)
    return to
  }
  const graph = (of: ProgramGraph): ProgramGraph => ({
    ...of,
    nodes: of.nodes.map(node => {
      const bodies = bodiesOf(node)
      const named = { ...node, name: line(node.name) }
      return bodies.length === 0
        ? named
        : { ...named, bodies: bodies.map(body => ({ ...body, name: line(body.name), graph: graph(body.graph) })) }
    }),
  })
  const { project, dataset, versions } = file
  return {
    ...file,
    project: {
      ...project,
      name: line(project.name),
      graph: graph(project.graph),
      models: project.models.map(model => ({ ...model, label: line(model.label) })),
    },
    ...(dataset && {
      dataset: {
        ...dataset,
        name: line(dataset.name),
        columns: dataset.columns.map(column => {
          const name = safeName(line(column.name))
          if (name !== asLine(column.name)) renamed(name)
          return { ...column, name }
        }),
      },
    }),
    versions: versions.map(version => (version.graph ? { ...version, graph: graph(version.graph) } : version)),
  }
}
