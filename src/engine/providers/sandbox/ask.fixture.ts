import type { Adapter } from '@/engine/adapters/adapter'
import { chatAdapter } from '@/engine/adapters/chat'
import type { Demo } from '@/engine/program/program'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import type { Signature } from '@/engine/signature/signature'
import type { Values } from '@/engine/base/example'
import { respond } from './sandbox-lm'

/** A signature from its line, as the studio makes it. */
export function signature(line: string, instructions: string): Signature {
  const { inputs, outputs } = parseSignatureLine(line)
  return {
    instructions,
    fields: [
      ...inputs.map(({ name, type }) => ({ id: name, name, type, role: 'input' as const, desc: '' })),
      ...outputs.map(({ name, type }) => ({ id: name, name, type, role: 'output' as const, desc: '' })),
    ],
  }
}

export interface AskOptions {
  readonly demos?: readonly Demo[]
  readonly rollout?: number
  readonly temperature?: number
  readonly adapter?: Adapter
}

/** What a predictor gets to see of the model: messages of the real adapter out, values parsed by the real adapter back. */
export function ask(asked: Signature, inputs: Values, options: AskOptions = {}): Values {
  const adapter = options.adapter ?? chatAdapter
  const messages = adapter.format(asked, options.demos ?? [], inputs)
  const settings = options.temperature === undefined ? {} : { temperature: options.temperature }
  return adapter.parse(asked, respond({ model: 'sandbox', messages, settings }, options.rollout ?? 0).text)
}

export interface LabelledRow {
  readonly inputs: Values
  readonly label: string | number
}

/** Share of rows answered right. */
export function accuracy(asked: Signature, output: string, rows: readonly LabelledRow[], options: AskOptions = {}): number {
  const right = rows.filter(row => {
    const got = ask(asked, row.inputs, options)[output]
    return typeof row.label === 'number' ? Math.abs(Number(got) - row.label) < 0.01 : got === row.label
  })
  return right.length / rows.length
}

export function demosOf(rows: readonly LabelledRow[], output: string): Demo[] {
  return rows.map(row => ({ ...row.inputs, [output]: row.label }))
}

/** What a bootstrap keeps: the model's own answers, reasoning and all, where they were right. Uses the labelled rows as demos meanwhile. */
export function bootstrapped(asked: Signature, output: string, rows: readonly LabelledRow[]): Demo[] {
  return rows.map(row => {
    const others = rows.filter(other => other !== row)
    const got = ask(asked, row.inputs, { demos: demosOf(others, output) })
    const isRight = typeof row.label === 'number' ? Math.abs(Number(got[output]) - row.label) < 0.01 : got[output] === row.label
    return isRight ? { ...row.inputs, ...got, augmented: true } : { ...row.inputs, [output]: row.label }
  })
}
