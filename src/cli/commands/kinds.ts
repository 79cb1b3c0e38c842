import { cutText } from '@/lib/cut-text'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import type { Command } from '../headless/console'
import { kindGroups, listKinds, type KindGroup, type ListedKind } from '../headless/kinds'

/** Lists everything a project can be made of: ids, what each is, and its settings. */
export const showKinds: Command = async (flags, output) => {
  const kinds = listKinds()
  if (flags.json) output.print(JSON.stringify(kinds, null, 2))
  else output.print(kindGroups.map(group => table(group, kinds[group])).join('\n'))
  return 0
}

const titles: Readonly<Record<KindGroup, string>> = {
  steps: 'Steps (--module)',
  adapters: 'Adapters (--adapter)',
  jsonFallbacks: 'What follows an answer that cannot be read (--json-fallback)',
  metrics: 'Metrics (--metric)',
  optimizers: 'Optimizers (--optimizer)',
  providers: 'Providers (of a model in a project)',
  fieldTypes: 'Types of fields (in --signature)',
}

/** A line for each kind, with its settings below it. */
function table(group: KindGroup, kinds: readonly ListedKind[]): string {
  const width = Math.max(...kinds.map(({ id }) => id.length))
  const lines = kinds.flatMap(kind => {
    const about = typeof kind['example'] === 'string' ? `${kind.help}, such as ${kind['example']}` : kind.help
    const settings = Object.entries(isJsonObject(kind.params['properties']) ? kind.params['properties'] : {})
    return [
      `  ${kind.id.padEnd(width)}  ${about}`,
      ...(group === 'fieldTypes' ? [] : settings.map(setting).map(line => `  ${' '.repeat(width)}    ${line}`)),
    ]
  })
  return `${titles[group]}\n${lines.join('\n')}\n`
}

/** `k = 16: How many train examples each predictor gets.` */
function setting([name, schema]: readonly [string, Json]): string {
  const facts: JsonObject = isJsonObject(schema) ? schema : {}
  const { default: fallback, description, title } = facts
  const value = fallback === undefined ? '' : ` = ${shortened(JSON.stringify(fallback))}`
  const about = typeof description === 'string' ? description : title
  return `${name}${value}${typeof about === 'string' ? `: ${about}` : ''}`
}

function shortened(text: string): string {
  return text.length > longestDefault ? `${cutText(text, longestDefault)}…` : text
}
const longestDefault = 40
