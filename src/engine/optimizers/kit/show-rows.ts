import type { Json } from '@/lib/json'
import { pythonJson, pythonStr } from '@/lib/python-text'
import type { Example } from '../../base/example'
import type { Signature } from '../../signature/signature'
import { withFileWords } from '../../blobs/blob-ref'

/** Values as `name: value` lines, the layout every optimizer shows data in: plain for any model. */
export function showValues(values: Readonly<Record<string, Json>>, names: readonly string[] = Object.keys(values)): string {
  return names.flatMap(name => (values[name] === undefined ? [] : [`${name}: ${textOf(values[name] ?? null)}`])).join('\n')
}

/** Rows with inputs and labels, a blank line between them. */
export function showRows(rows: readonly Example[]): string {
  return rows.map(row => showValues({ ...row.labels, ...row.inputs }, rowNames(row))).join('\n\n')
}

/** The fields of a signature that a demo has, each behind its prefix where it has one of its own. */
export function showDemo(signature: Signature, demo: Readonly<Record<string, Json>>): string {
  return signature.fields
    .flatMap(({ name, prefix }) => {
      const value = demo[name]
      return value === undefined ? [] : [`${prefix ?? `${name}:`} ${textOf(value)}`]
    })
    .join('\n')
}

/** Inputs first, then labels: the order in which they are worked out. */
function rowNames({ inputs, labels }: Example): readonly string[] {
  return [...new Set([...Object.keys(inputs), ...Object.keys(labels)])]
}

function textOf(value: Json): string {
  const shown = withFileWords(value)
  return typeof shown === 'object' && shown !== null ? pythonJson(shown) : pythonStr(shown)
}
