import { z } from 'zod'
import { optimizerKinds } from '@/engine/optimizers/registry'
import type { Command } from '../headless/console'

/** Lists the optimizers with their parameters and defaults. */
export const listOptimizers: Command = async (flags, output) => {
  const list = optimizerKinds.map(kind => ({
    id: kind.id,
    title: kind.title,
    dspyName: kind.dspyName,
    help: kind.help,
    params: parametersOf(kind.params),
  }))
  if (flags.json) output.print(JSON.stringify(list, null, 2))
  else {
    for (const kind of list) {
      output.print(`${kind.id}  (${kind.dspyName})\n  ${kind.help}`)
      for (const [name, param] of Object.entries(kind.params)) output.print(`    ${name} = ${JSON.stringify(param.default)}  ${param.help}`)
    }
  }
  return 0
}

function parametersOf(schema: z.ZodObject) {
  const properties = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties ?? {}
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const facts = typeof property === 'object' ? property : {}
      return [name, { type: facts.type ?? 'any', default: facts.default ?? null, help: String(facts['help'] ?? facts.description ?? '') }]
    }),
  )
}
