import { writeFile } from 'node:fs/promises'
import { EngineError } from '@/engine/base/errors'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import { templates } from '@/templates/registry'
import { requireFlag, type Flags } from '../headless/arguments'
import type { Command, Console } from '../headless/console'
import { askedAs, newProject, parseMetric } from '../headless/new-project'
import { systemClock } from '@/lib/system-clock'

/** Writes a project file: of one step, or a template with its rows. */
export const createProject: Command = async (flags, output) => {
  if (flags.template !== undefined) return copyTemplate(flags.template, flags, output)
  const signature = requireFlag(flags, 'signature')
  const out = requireFlag(flags, 'out')
  const metric = parseMetric(
    flags.metric ?? 'exact-match',
    parseSignatureLine(signature).outputs.map(({ name }) => name),
  )
  const file = newProject({
    name: flags.name ?? 'New project',
    signature,
    module: flags.module ?? 'predict',
    metric,
    now: systemClock.date(),
    ...(flags.adapter !== undefined && { adapter: flags.adapter }),
    ...(flags['json-fallback'] !== undefined && { jsonFallback: flags['json-fallback'], dspyExact: flags['dspy-exact'] }),
    ...(flags['dspy-exact'] && { dspyExact: true }),
    ...(flags.instructions !== undefined && { instructions: flags.instructions }),
  })
  await writeFile(out, `${JSON.stringify(file, null, 2)}\n`)
  output.print(flags.json ? JSON.stringify({ out, signature }) : `Wrote ${out}.`)
  return 0
}

async function copyTemplate(id: string, flags: Flags, output: Console): Promise<number> {
  const out = requireFlag(flags, 'out')
  const template = templates.find(one => one.id === id)
  if (template === undefined)
    throw new EngineError('params-invalid', `--template must be one of ${templates.map(one => one.id).join(', ')}, not "${id}".`)
  const own = (['signature', 'module', 'metric', 'instructions'] as const).find(flag => flags[flag] !== undefined)
  if (own !== undefined)
    throw new EngineError('params-invalid', `--${own} has no place beside --template, which brings its own. Leave one of the two out.`)
  let count = 0
  const file = template.build(prefix => `${prefix}${(count += 1)}`)
  const graph = askedAs(file.project.graph, { adapter: flags.adapter, jsonFallback: flags['json-fallback'] })
  const made = { ...file, project: { ...file.project, graph, ...(flags.name !== undefined && { name: flags.name }) } }
  await writeFile(out, `${JSON.stringify(made, null, 2)}\n`)
  output.print(
    flags.json ? JSON.stringify({ out, template: id, rows: file.dataset?.rows.length ?? 0 }) : `Wrote ${out}: ${template.title}.`,
  )
  return 0
}
