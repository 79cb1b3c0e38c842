import type { z } from 'zod'
import type { JsonObject } from '@/lib/json'
import { EngineError } from '../base/errors'
import { issueWords } from '@/lib/issue-words'
import type { StepNode } from '../program/program'

type NodeWithParams = Pick<StepNode, 'id' | 'name' | 'moduleParams'>

/** Reads the settings of a node by the schema of its kind. Settings are read once a node. */
export interface StepParams<S extends z.ZodObject> {
  /**
   * A node with a setting that does not fit, as while one is typed, is drawn and edited as if that setting stood at its default: its
   * outputs, predictors and wires stay. `problem` says what is wrong with it, and it does not run.
   */
  of(node: NodeWithParams): z.output<S>
  /** What does not fit, in a sentence that says what to do. */
  problem(node: NodeWithParams): string | undefined
  /** Throws `graph-invalid` for settings that do not fit. */
  mustFit(node: NodeWithParams): void
}

export function stepParams<S extends z.ZodObject>(kind: { readonly title: string; readonly params: S }): StepParams<S> {
  const read = new WeakMap<JsonObject, z.output<S>>()
  /** Settings found to fit: a node runs many times with the same. */
  const fitting = new WeakSet<JsonObject>()
  const problem = (node: NodeWithParams): string | undefined => {
    const parsed = kind.params.safeParse(writtenOf(node))
    return parsed.success ? undefined : unfit(kind.title, node, parsed.error)
  }
  return {
    of(node) {
      const written = writtenOf(node)
      let params = read.get(written)
      if (params === undefined) read.set(written, (params = readable(kind.params, written)))
      return params
    },
    problem,
    mustFit(node) {
      const written = writtenOf(node)
      if (fitting.has(written)) return
      const message = problem(node)
      if (message !== undefined) throw new EngineError('graph-invalid', message, { node: node.id })
      fitting.add(written)
    },
  }
}

function writtenOf({ moduleParams = none }: NodeWithParams): JsonObject {
  return moduleParams
}
const none: JsonObject = {}

function readable<S extends z.ZodObject>(schema: S, written: JsonObject): z.output<S> {
  const parsed = schema.safeParse(written)
  if (parsed.success) return parsed.data
  const unfitting = new Set(parsed.error.issues.map(issue => String(issue.path[0] ?? '')))
  const fitting = schema.safeParse(Object.fromEntries(Object.entries(written).filter(([key]) => !unfitting.has(key))))
  return fitting.success ? fitting.data : schema.parse({})
}

function unfit(title: string, node: NodeWithParams, error: z.ZodError): string {
  const [first] = error.issues
  const where = first && first.path.length > 0 ? `"${first.path.join('.')}". ` : ''
  return `${node.name} has a setting of ${title} that does not fit: ${where}${first ? issueWords(first) : ''} Correct it in the node.`
}
