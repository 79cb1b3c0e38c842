import type { ReactNode } from 'react'
import { bodiesOf, type BodyPath } from '@/engine/program/bodies'
import type { ProgramGraph } from '@/engine/program/program'
import { Badge } from '@/ui/badge'

interface ByProgramProps<T> {
  /** Each belongs to the predictor with this id; those of one program stand one after the other. */
  readonly items: readonly T[]
  readonly idOf: (item: T) => string
  readonly graph: ProgramGraph
  /** What programs within a step were called as candidates of their own. */
  readonly labels: ReadonlyMap<BodyPath, string>
  /** What is worth a mark on a program that is folded. */
  readonly markOf: (items: readonly T[]) => string
  readonly children: (item: T) => ReactNode
}

/** What is said of each predictor, folded by the programs within steps; what stands in no such program is shown as it is. */
export function ByProgram<T>({ items, idOf, graph, labels, markOf, children }: ByProgramProps<T>) {
  const groups = Map.groupBy(items, item => bodyOf(idOf(item)))
  return [...groups].map(([path, own]) => {
    if (path === undefined) return own.map(children)
    const { step, body } = namesOf(graph, path)
    const mark = markOf(own)
    return (
      <details key={path} className="rounded-lg border border-line bg-surface">
        <summary className="flex items-center gap-2 rounded-lg px-4 py-2 hover:bg-hover">
          <span className="font-semibold">
            {step} › {body}
          </span>
          <span className="min-w-0 flex-1 truncate text-soft">{labels.get(path)}</span>
          {mark !== '' && <Badge tone="accent">{mark}</Badge>}
        </summary>
        <div className="flex flex-col gap-3 border-t border-line px-3 py-3">{own.map(children)}</div>
      </details>
    )
  })
}

/** The outermost program that a predictor is in; undefined for one of the program itself. */
function bodyOf(id: string): BodyPath | undefined {
  const [step, body, ...within] = id.split('/')
  return within.length > 0 ? `${step}/${body}` : undefined
}

function namesOf(graph: ProgramGraph, path: BodyPath): { readonly step: string; readonly body: string } {
  const [stepId, bodyId] = path.split('/')
  const node = graph.nodes.find(({ id }) => id === stepId)
  const body = bodiesOf(node).find(({ id }) => id === bodyId)
  return { step: node?.name ?? stepId ?? '', body: body?.name ?? bodyId ?? '' }
}
