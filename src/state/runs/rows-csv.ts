import type { Example } from '@/engine/base/example'
import type { RolloutRecord } from '@/engine/record/events'
import type { Json } from '@/lib/json'
import { valueText } from './value-text'

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
  return `${table.map(line => line.map(cell).join(',')).join('\r\n')}\r\n`
}

/** Spreadsheets run a cell that starts like a formula, and model output is anybody's text: such cells get a leading apostrophe. */
function cell(value: Json | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = valueText(value)
  const guarded = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
