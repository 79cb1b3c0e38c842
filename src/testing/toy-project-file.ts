import { newProject } from '@/cli/headless/new-project'
import { completeState } from '@/engine/graph/default-state'
import type { Program } from '@/engine/program/program'
import type { MetricSpec } from '@/engine/metrics/metric'
import type { ProjectFile } from '@/engine/project/project'
import { oneStep, toyLabels } from './toy-programs'

/** A project file of a toy program, as the studio would save it. */
export function toyProjectFile(
  program: Program = oneStep(),
  metric: MetricSpec = { kind: 'exact-match', params: { field: 'label' } },
): ProjectFile {
  const signature = `text -> label: Literal[${toyLabels.map(label => `'${label}'`).join(', ')}]`
  const file = newProject({ name: 'Toy', signature, module: 'predict', metric, now: 1 })
  const { graph } = program
  const layout = Object.fromEntries(graph.nodes.map((node, index) => [node.id, { x: index * 300, y: 0 }]))
  return { ...file, project: { ...file.project, graph, layout, state: completeState(graph, program.state) } }
}
