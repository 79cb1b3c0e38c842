import { writeFile } from 'node:fs/promises'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import { requireFlag } from '../arguments'
import type { Command } from '../console'
import { newProject, parseMetric } from '../new-project'

/** Writes a project file of one step. */
export const createProject: Command = async (flags, output) => {
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
    now: Date.now(),
    ...(flags.adapter !== undefined && { adapter: flags.adapter }),
    ...(flags['json-fallback'] !== undefined && { jsonFallback: flags['json-fallback'] }),
    ...(flags.instructions !== undefined && { instructions: flags.instructions }),
  })
  await writeFile(out, `${JSON.stringify(file, null, 2)}\n`)
  output.print(flags.json ? JSON.stringify({ out, signature }) : `Wrote ${out}.`)
  return 0
}
