import type { Project } from '@/engine/project/project'
import type { ProgramNode } from '@/engine/program/program'
import { oneStep, voteOf } from './toy-programs'
import { toyProject } from './toy-project'

export interface ForeignProject {
  /** What another version, another program or an accident did to it. */
  readonly name: string
  readonly record: object
  /** `whole` opens like any other, `read-only` to be looked at, `refused` not at all. */
  readonly fate: 'whole' | 'read-only' | 'refused'
  /** What the sentence says that tells why. */
  readonly words: RegExp
}

const project = toyProject()

/** A project of each kind that this version cannot take, or not all of. */
export const foreignProjects: readonly ForeignProject[] = [
  shown(
    'an unknown module',
    withNodes(node => (node.kind === 'signature' ? { ...node, module: 'tree-of-thought' } : node)),
    /the module "tree-of-thought"/,
  ),
  shown(
    'a vote with an unknown module',
    inVote(node => (node.kind === 'signature' ? { ...node, module: 'tree-of-thought' } : node)),
    /the module "tree-of-thought"/,
  ),
  shown(
    'settings of another module',
    withNodes(node =>
      node.kind === 'signature' ? { ...node, module: 'react', moduleParams: { tools: { a: [1] }, max_iters: 'many' } } : node,
    ),
    undefined,
  ),
  shown('an unknown metric', { ...project, metric: { kind: 'bleu', params: { n: 4 } } }, /the metric "bleu"/),
  shown(
    'an unknown part of a metric',
    { ...project, metric: { kind: 'weighted-sum', params: { parts: [{ kind: 'bleu', params: {}, weight: 1 }, 7] } } },
    /the metric "bleu"/,
  ),
  shown(
    'an unknown optimizer',
    { ...project, optimizer: { id: 'evolve', params: { evolve: { generations: 3 } } } },
    /the optimizer "evolve"/,
  ),
  shown(
    'a field name that becomes code',
    withNodes(node => ({
      ...node,
      fields: node.fields.map(field => ({ ...field, name: `${field.name}: string }\nexport const owned = \`1\` /* */ </script>` })),
    })),
    /the field name "text: string/,
  ),
  shown('an unknown provider', { ...project, models: [{ ...project.models[0], provider: 'gopher' }] }, /the provider "gopher"/),
  shown('an unknown adapter', { ...project, graph: { ...project.graph, adapter: 'yaml' } }, /the adapter "yaml"/),
  shown(
    'a step with an unknown adapter',
    withNodes(node => (node.kind === 'signature' ? { ...node, adapter: 'yaml' } : node)),
    /the adapter "yaml"/,
  ),
  shown(
    'an unknown kind of step',
    withNodes(node => (node.kind === 'signature' ? { ...node, kind: 'oracle' } : node)),
    /the kind of step "oracle"/,
  ),
  shown(
    'a vote with an unknown kind of step',
    inVote(node => (node.kind === 'signature' ? { ...node, kind: 'oracle' } : node)),
    /the kind of step "oracle"/,
  ),
  refused(
    'a vote with programs of one id',
    inVote(
      node => node,
      bodies => bodies.map(body => ({ ...body, id: 'b1' })),
    ),
    /two programs with the same id/,
  ),
  refused('a later version', { ...project, schemaVersion: 99 }, /made by a newer version/),
  refused(
    'an instruction of 20 MB',
    { ...project, state: { classify: { instructions: 'x'.repeat(20_000_000), demos: [] } } },
    /20,000,000 characters long/,
  ),
  refused(
    'fields of one id',
    withNodes(node => ({ ...node, fields: [...node.fields, ...node.fields] })),
    /two fields with the same id/,
  ),
  refused(
    'wires of one id',
    { ...project, graph: { ...project.graph, edges: [...project.graph.edges, ...project.graph.edges] } },
    /two wires with the same id/,
  ),
  refused('models of one id', { ...project, models: [...project.models, ...project.models] }, /two models with the same id/),
  refused(
    'nodes of one id',
    { ...project, graph: { ...project.graph, nodes: [...project.graph.nodes, ...project.graph.nodes] } },
    /two nodes with the same id/,
  ),
  refused('no graph', { ...project, graph: null }, /its graph is not right/),
]

function shown(name: string, record: object, words: RegExp | undefined): ForeignProject {
  return { name, record: named(name, record), fate: words ? 'read-only' : 'whole', words: words ?? /./ }
}

function refused(name: string, record: object, words: RegExp): ForeignProject {
  return { name, record: named(name, record), fate: 'refused', words }
}

/** Without a dataset: none of them is about rows. */
function named(name: string, record: object): object {
  const { datasetId: _none, ...rest } = record as Project
  return { ...rest, id: idOf(name), name: `Project with ${name}` }
}

export function idOf(name: string): string {
  return `foreign_${name.replaceAll(' ', '_')}`
}

function withNodes(change: (node: Project['graph']['nodes'][number]) => object): object {
  return { ...project, graph: { ...project.graph, nodes: project.graph.nodes.map(change) } }
}

/** A vote over two copies of a program that another version changed. */
function inVote(change: (node: ProgramNode) => object, bodies: (bodies: readonly object[]) => readonly object[] = same => same): object {
  const program = voteOf([oneStep(), oneStep()])
  const nodes = program.graph.nodes.map(node => {
    if (node.kind !== 'vote') return node
    const changed = node.bodies.map(body => ({ ...body, graph: { ...body.graph, nodes: body.graph.nodes.map(change) } }))
    return { ...node, bodies: bodies(changed) }
  })
  return { ...project, ...program, graph: { ...program.graph, nodes } }
}
