import type { Json, JsonObject } from '@/lib/json'
import { isEmptyAnswer } from '@/engine/modules/join-answers'
import { bindMetric } from '@/engine/metrics/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import { answerKey, type TextRule } from '@/engine/metrics/rules'
import type { FieldType } from '@/engine/signature/types/field-type'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { readUserSource } from '@/engine/user-code/user-source'

// The studio's own rules of comparison, for exported Python: bundled to rules.js, which runs in QuickJS there (see scripts/bundle.mjs).

/** What each answer of a vote is counted by, and null for one that says nothing. */
export function keys({ rule, type, values }: { readonly rule: TextRule; readonly type?: FieldType; readonly values: readonly Json[] }) {
  return values.map(value => (isEmptyAnswer(value, rule) ? null : answerKey(rule, type ?? undefined, value)))
}

interface ScoredRow {
  readonly metric: MetricSpec
  /** The types of the outputs of the program. */
  readonly types: Readonly<Record<string, FieldType>>
  readonly inputs: JsonObject
  readonly labels: JsonObject
  readonly prediction: JsonObject
}

/** What the metric of a project says of one row: a number from 0 to 1, and feedback where it has some. */
export async function score({ metric, types, inputs, labels, prediction }: ScoredRow): Promise<Json> {
  const bound = await bindMetric(metric, { runner: here, typeOf: output => types[output] })
  const { value, feedback } = await bound({ example: { id: 'row', inputs, labels }, prediction })
  return { value, feedback: feedback ?? null }
}

/** Code of the user's, in the very machine that this runs in, which has nothing outside of itself. */
const here: CodeRunner = {
  async load(source, kind) {
    // Indirect, so that it sees nothing of ours; it runs in the QuickJS of an exported package alone.
    // oxlint-disable-next-line no-eval
    const evaluate = eval
    let made: unknown
    for (const [index, script] of readUserSource(source, kind).entries()) {
      try {
        made = evaluate(script.code)
        break
      } catch (error) {
        if (!(error instanceof SyntaxError) || index === readUserSource(source, kind).length - 1) throw error
      }
    }
    return {
      async call(args) {
        if (typeof made !== 'function') throw new TypeError('The metric is not a function.')
        // What it returned is read as JSON, as from the code runner of the studio.
        return JSON.parse(JSON.stringify(made(...args)) ?? 'null') as Json
      },
    }
  },
  dispose() {},
}
