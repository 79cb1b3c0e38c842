import { writeFile } from 'node:fs/promises'
import { metricKind, metricKinds } from '@/engine/metrics/registry'
import { EngineError } from '@/engine/base/errors'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import { templates } from '@/templates/registry'
import { requireFlag, type Flags } from '../arguments'
import type { Command, Console } from '../console'
import { newProject, parseMetric } from '../new-project'

/** Writes a project file: of one predictor, or a template with its rows. */
export const createProject: Command = async (flags, output) => {
  if (flags.template !== undefined) return copyTemplate(flags.template, flags, output)
  const signature = requireFlag(flags, 'signature')
  const out = requireFlag(flags, 'out')
  const { outputs } = parseSignatureLine(signature)
  const metric = parseMetric(flags.metric ?? 'exact-match', outputs)
  const kind = metricKind(metric.kind)
  const params = kind?.params.safeParse(metric.params)
  if (!kind || !params?.success) {
    throw new EngineError(
      'params-invalid',
      `--metric must be one of ${metricKinds.map(one => one.id).join(', ')} with an output, such as exact-match:${outputs[0]?.name ?? 'answer'}.`,
    )
  }
  const file = newProject({
    name: flags.name ?? 'New project',
    signature,
    module: flags.module ?? 'predict',
    metric,
    now: Date.now(),
    ...(flags.adapter !== undefined && { adapter: flags.adapter }),
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
  let count = 0
  const file = template.build(prefix => `${prefix}${(count += 1)}`)
  const { name } = flags
  await writeFile(out, `${JSON.stringify(name === undefined ? file : { ...file, project: { ...file.project, name } }, null, 2)}\n`)
  output.print(flags.json ? JSON.stringify({ out, template: id, rows: file.dataset?.rows.length ?? 0 }) : `Wrote ${out}: ${template.title}.`)
  return 0
}
