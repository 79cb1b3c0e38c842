import { toExample } from '@/engine/data/mapping'
import type { Example } from '@/engine/base/example'
import { splitOf, type Split } from '@/engine/data/split'
import type { Project, SplitSpec } from '@/engine/project/project'
import { supportTriage } from '@/templates/support-triage'
import { wordProblemSolving } from '@/templates/word-problem-solving'

/** One step, so that a program of DSPy's can be built from its fields: the templates' own data, split alike for both sides. */
export interface Task {
  readonly id: string
  readonly project: Project
  readonly examples: Readonly<Record<Split, readonly Example[]>>
}

/** More test rows than the templates set aside, since the test score is what is compared. */
const shares: Omit<SplitSpec, 'seed'> = { train: 40, val: 60, test: 60 }

export const taskIds = [supportTriage.id, wordProblemSolving.id]

export function taskOf(id: string, seed: number): Task {
  const template = [supportTriage, wordProblemSolving].find(one => one.id === id)
  if (template === undefined) throw new Error(`There is no task "${id}".`)
  const { project, dataset } = template.build(prefix => `${prefix}-bench`)
  if (dataset === undefined) throw new Error(`The template "${id}" has no rows.`)
  const examples: Record<Split, Example[]> = { train: [], val: [], test: [] }
  for (const row of dataset.rows)
    examples[splitOf(row.id, { ...shares, seed })].push(toExample(row, dataset.columns, project.graph, project.mapping))
  return { id, project, examples }
}

/** A task as the Python side reads it. */
export function exportTask({ id, project, examples }: Task) {
  const node = project.graph.nodes.find(one => one.kind === 'signature')
  if (node?.kind !== 'signature') throw new Error(`The task "${id}" has no step.`)
  const rows = (split: Split) => examples[split].map(({ inputs, labels }) => ({ inputs, labels }))
  return {
    id,
    step: node.name.toLowerCase(),
    module: node.module,
    instructions: project.state[node.id]?.instructions ?? '',
    fields: node.fields.map(({ name, role, type, desc }) => ({ name, role, type, desc })),
    metric: project.metric,
    train: rows('train'),
    val: rows('val'),
    test: rows('test'),
  }
}
