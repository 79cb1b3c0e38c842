import type { Json } from '@/lib/json'
import { EngineError } from '../../base/errors'
import type { ExampleId } from '../../base/example'
import type { Budget } from '../../lm/spend'
import type { MetricSpec } from '../../metrics/metric'
import type { ColumnId, Mapping, SplitSpec } from '../../project/project'
import type { FieldId } from '../../signature/signature'
import type { FieldType } from '../../signature/types/field-type'

export type StartProblemId =
  | 'no-data'
  | 'no-column'
  | 'no-label'
  | 'no-output'
  | 'rows'
  | 'caps'
  | 'empty-labels'
  | 'foreign-labels'
  | 'alike-labels'
  | 'unreadable-labels'
  | 'equal-labels'
  | 'merged-labels'
  | 'long-labels'
  | 'answer-in-input'
  | 'empty-inputs'
  | 'file-limits'

/** Something about a run that is known before it starts. */
export interface StartProblem {
  readonly id: StartProblemId
  /** `stop`: the run is certain to come to nothing. `warning`: it may, and can be started all the same. */
  readonly severity: 'stop' | 'warning'
  /** One sentence. */
  readonly message: string
  /** What to do, for where no button does it: a command line. */
  readonly advice: string
  /** What mends it, the likeliest first; each is one step of undo, or goes to the place. */
  readonly fixes: readonly StartFix[]
}

/** What a run that is certain to come to nothing is refused with. What the metric names is set wrong; all else is a matter of the rows. */
export function refusalOf({ id, message, advice }: StartProblem): EngineError {
  const code = id === 'no-output' || id === 'no-label' ? 'params-invalid' : 'data-invalid'
  return new EngineError(code, `${message} ${advice}`, { problem: id })
}

export type StartFix = { readonly words: string } & StartFixAction

export type StartFixAction =
  | { readonly kind: 'show-rows'; readonly rows: readonly ExampleId[] }
  /** The options of a Literal, all of them. */
  | { readonly kind: 'set-type'; readonly output: string; readonly type: FieldType }
  | { readonly kind: 'change-cells'; readonly column: ColumnId; readonly rows: readonly ExampleId[]; readonly to: Json }
  | { readonly kind: 'map-column'; readonly side: keyof Mapping; readonly field: FieldId; readonly column: ColumnId }
  | { readonly kind: 'open-mapping'; readonly field: FieldId }
  | { readonly kind: 'set-split'; readonly split: SplitSpec }
  | { readonly kind: 'set-metric'; readonly metric: MetricSpec }
  | { readonly kind: 'set-budget'; readonly budget: Budget }
  | { readonly kind: 'open-data' }
