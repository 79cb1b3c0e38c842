import { judgeAdapter } from '../../adapters/registry'
import { errorToJson } from '../../base/errors'
import { jsonFallbackOf } from '../../program/json-fallback'
import type { ProgramGraph } from '../../program/program'
import type { Lm, ModelSpec } from '../../lm/lm'
import type { AskJudge } from '../../metrics/metric'
import { predict } from '../../modules/predict'
import type { RecordCall } from '../../modules/recorded-call'
import type { Span, SpanCall, Trace } from '../../trace/span'
import type { Clock } from '../../base/clock'

/** What the metric asked of the judge about one row. */
export interface RowJudge {
  readonly ask: AskJudge
  /** One span of kind `score` for each question, in the order they were asked. */
  spans(): Trace
}

export interface RowJudgeParts {
  readonly model: ModelSpec
  readonly lm: Lm
  /** Whose adapter lays out the questions. */
  readonly graph: ProgramGraph
  readonly signal: AbortSignal
  readonly clock: Pick<Clock, 'now'>
  readonly record: RecordCall
}

/**
 * The judge for one row. Which sample of the program's answer it reads is not part of its question: the same answer gets the same score
 * wherever it comes up again, and is paid for once.
 */
export function rowJudge({ model, lm, graph, signal, clock, record }: RowJudgeParts): RowJudge {
  const spans: Span[] = []
  return {
    spans: () => spans,
    async ask(signature, inputs, { sample = 0 } = {}) {
      const start = clock.now()
      const calls: SpanCall[] = []
      const call = { signal, rollout: sample, purpose: 'judge' } as const
      const place = spans.length
      // The row itself, what is known of it and what came out stand beside the trace, and the exact prompt stands in the call.
      const span: Span = {
        id: `score:${place + 1}`,
        kind: 'score',
        node: '',
        name: sample === 0 ? 'Score' : 'Score, asked again',
        inputs: {},
        calls,
        ms: 0,
      }
      spans.push(span)
      const note = (more: Partial<Span>): void => void (spans[place] = { ...span, ...more, ms: clock.now() - start })
      try {
        const step = { signature, demos: [], inputs, adapter: judgeAdapter(graph), jsonFallback: jsonFallbackOf(graph), lm, model, call }
        const outputs = await predict(step, (one, isAnswered) => {
          calls.push(one)
          record(one, isAnswered)
        })
        note({ outputs })
        return outputs
      } catch (error) {
        note({ error: errorToJson(error) })
        throw error
      }
    },
  }
}
