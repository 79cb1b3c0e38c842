import type { Values } from '../base/example'
import type { ErrorJson } from '../base/errors'
import type { Span, SpanCall, StopReason } from '../trace/span'
import type { PredictorId, StepPath } from '../program/program'

/** A span while its work is under way: filled in by what happens, written into the trace when its step is over. */
export interface SpanNode {
  readonly kind: NonNullable<Span['kind']>
  readonly name: string
  /** What its id will be in the trace. */
  readonly path: string
  /** How many calls of tools have left from here. */
  toolCalls: number
  /** The step it belongs to. */
  readonly node: StepPath
  readonly predictor: PredictorId | undefined
  /** Key of the predictor within the innermost step. */
  readonly key: string | undefined
  readonly calls: SpanCall[]
  readonly children: readonly SpanNode[]
  inputs: Values
  outputs: Values | undefined
  error: ErrorJson | undefined
  reward: number | undefined
  stopped: StopReason | undefined
  isDiscarded: boolean
  isNotTaken: boolean
  ms: number
  /** Begins a piece of work below this one. Its place among its siblings is that of its beginning. */
  child(about: Omit<SpanStart, 'node'> & { readonly node?: StepPath }): SpanNode
}

export type SpanStart = Pick<SpanNode, 'kind' | 'name' | 'inputs' | 'node'> & { readonly predictor?: PredictorId; readonly key?: string }

export function spanNode(about: SpanStart): SpanNode {
  return new Branch(about)
}

/** A class, since every row of every candidate makes some: its methods are shared. */
class Branch implements SpanNode {
  readonly kind: SpanNode['kind']
  readonly name: string
  readonly node: StepPath
  readonly predictor: PredictorId | undefined
  readonly key: string | undefined
  private readonly parent: Branch | undefined
  private readonly index: number
  readonly calls: SpanCall[] = []
  readonly children: SpanNode[] = []
  inputs: Values
  outputs: Values | undefined = undefined
  error: ErrorJson | undefined = undefined
  reward: number | undefined = undefined
  stopped: StopReason | undefined = undefined
  isDiscarded = false
  isNotTaken = false
  ms = 0
  toolCalls = 0

  constructor({ kind, name, node, predictor, key, inputs }: SpanStart, parent?: Branch) {
    this.parent = parent
    this.index = parent?.children.length ?? 0
    this.kind = kind
    this.name = name
    this.node = node
    this.predictor = predictor
    this.key = key
    this.inputs = inputs
  }

  get path(): string {
    return this.parent ? `${this.parent.path}/${this.index}` : this.node
  }

  child(about: Parameters<SpanNode['child']>[0]): SpanNode {
    const made = new Branch({ node: this.node, ...about }, this)
    this.children.push(made)
    return made
  }
}

/** The spans of a step, parents before children. The step's own span keeps the form it always had where nothing hangs below it. */
export function flattened(root: SpanNode): readonly Span[] {
  const spans: Span[] = []
  write(spans, root, { id: root.node, parent: undefined, isDiscarded: false })
  return spans
}

interface SpanPlace {
  readonly id: string
  readonly parent: string | undefined
  readonly isDiscarded: boolean
}

/** Properties are set one by one: spreading what is there or not, for every span, was a fifth of the engine's own time. */
function write(spans: Span[], branch: SpanNode, { id, parent, isDiscarded }: SpanPlace): void {
  const { children } = branch
  const gone = isDiscarded || branch.isDiscarded
  const span = {} as { -readonly [Key in keyof Span]: Span[Key] }
  if (parent !== undefined || children.length > 0 || id !== branch.node) span.id = id
  if (parent !== undefined) {
    span.parent = parent
    span.kind = branch.kind
  }
  span.node = branch.node
  if (branch.predictor !== undefined) span.predictor = branch.predictor
  span.name = branch.name
  span.inputs = branch.inputs
  if (branch.outputs) span.outputs = branch.outputs
  span.calls = branch.calls
  span.ms = branch.ms
  if (branch.error) span.error = branch.error
  if (branch.reward !== undefined) span.reward = branch.reward
  if (gone) span.discarded = true
  if (branch.isNotTaken) span.notTaken = true
  if (branch.stopped) span.stopped = branch.stopped
  spans.push(span)
  for (const [index, child] of children.entries()) write(spans, child, { id: `${id}/${index}`, parent: id, isDiscarded: gone })
}
