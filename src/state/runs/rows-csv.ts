import type { Example } from '@/engine/base/example'
import type { RolloutRecord } from '@/engine/record/events'
import type { Json } from '@/lib/json'
import { csvLine } from '@/lib/tabular/csv-text'
import { valueText } from '@/engine/blobs/blob-ref'

/** The rows of an evaluation as CSV: one line a row, inputs, labels and prediction in columns of their own. */
export function rowsCsv(rollouts: readonly RolloutRecord[], exampleOf: (id: string) => Example | undefined): string {
  const rows = rollouts.map(({ rollout }) => ({ rollout, example: exampleOf(rollout.exampleId) }))
  const names = (values: (row: (typeof rows)[number]) => Readonly<Record<string, Json>> | undefined): string[] => [
    ...new Set(rows.flatMap(row => Object.keys(values(row) ?? {}))),
  ]
  const inputs = names(row => row.example?.inputs)
  const labels = names(row => row.example?.labels)
  const outputs = names(row => row.rollout.prediction)
  const head = ['row', 'score', ...inputs.map(name => `input ${name}`), ...labels.map(name => `label ${name}`)]
  const table = [
    [...head, ...outputs.map(name => `prediction ${name}`), 'feedback', 'error', 'ms'],
    ...rows.map(({ rollout, example }) => [
      rollout.exampleId,
      rollout.score,
      ...inputs.map(name => example?.inputs[name]),
      ...labels.map(name => example?.labels[name]),
      ...outputs.map(name => rollout.prediction?.[name]),
      rollout.feedback,
      rollout.error?.message,
      Math.round(rollout.ms),
    ]),
  ]
  return table.map(line => csvLine(line.map(cell))).join('')
}

function cell(value: Json | undefined): string | number | boolean | null {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return value ?? null
  return valueText(value)
}
