import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { EngineError } from '@/engine/base/errors'
import { memoryBlobs } from '@/engine/blobs/blob-store'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import { readPythonSignatures } from '@/engine/signature/python/read-signatures'
import { templates } from '@/templates/registry'
import { requireFlag, type Flags } from '../headless/arguments'
import type { Command, Console } from '../headless/console'
import { projectText, readStateText } from '../headless/load-project'
import { askedAs, type NewProject, newProject, parseMetric, projectOfDspy } from '../headless/new-project'
import { systemClock } from '@/lib/system-clock'

/** Writes a project file: of one step, a template with its rows, or the program that a state file of DSPy belongs to. */
export const createProject: Command = async (flags, output) => {
  if (flags.state !== undefined) return openState(flags.state, flags, output)
  if (flags.template !== undefined) return copyTemplate(flags.template, flags, output)
  const { signature, instructions = flags.instructions } = await signatureOf(flags, output)
  const out = requireFlag(flags, 'out')
  const metric = parseMetric(flags.metric ?? 'exact-match', outputsOf(signature))
  const file = newProject({
    name: flags.name ?? 'New project',
    signature,
    module: flags.module ?? 'predict',
    metric,
    now: systemClock.date(),
    ...askingOf(flags),
    ...(instructions !== undefined && { instructions }),
  })
  await writeFile(out, `${JSON.stringify(file, null, 2)}\n`)
  output.print(flags.json ? JSON.stringify({ out, signature: flags.signature ?? flags['signature-file'] ?? '' }) : `Wrote ${out}.`)
  return 0
}

/** How the program asks, as far as flags say so. */
function askingOf(flags: Flags): Pick<NewProject, 'adapter' | 'jsonFallback' | 'dspyExact' | 'nativeTools'> {
  return {
    ...(flags.adapter !== undefined && { adapter: flags.adapter }),
    ...(flags['json-fallback'] !== undefined && { jsonFallback: flags['json-fallback'] }),
    ...(flags['dspy-exact'] && { dspyExact: true }),
    ...(flags['native-tools'] && { nativeTools: true }),
  }
}

type Given = Pick<NewProject, 'signature' | 'instructions'>

/** The line of `--signature`, or what stands in a Python file, which is read and never run. Remarks on it go to stderr. */
async function signatureOf(flags: Flags, output: Console): Promise<Given> {
  const path = flags['signature-file']
  if (path === undefined) {
    const signature = requireFlag(flags, 'signature')
    for (const { message } of parseSignatureLine(signature).remarks) output.complain(message)
    return { signature }
  }
  if (flags.signature !== undefined)
    throw new EngineError('params-invalid', '--signature and --signature-file both say what the fields are. Leave one of them out.')
  const { signatures, missing, remarks } = readPythonSignatures(readText(path))
  for (const { line, message } of remarks) output.complain(`${path}:${line}: ${message}`)
  const [lost] = missing
  if (lost) throw new EngineError('signature-syntax', `${path}:${lost.line}: ${lost.message}`, { line: lost.line })
  const wanted = flags['signature-class']
  const [chosen, ...others] = wanted === undefined ? signatures : signatures.filter(({ name }) => name === wanted)
  const names = signatures.map(({ name }) => name).join(', ')
  if (chosen === undefined) throw new EngineError('params-invalid', `--signature-class must be one of ${names}, not "${wanted}".`)
  if (others.length > 0)
    throw new EngineError('params-invalid', `${path} has several signatures. Choose one with --signature-class: ${names}.`)
  return {
    signature: chosen.fields,
    ...(flags.instructions === undefined && chosen.instructions !== undefined && { instructions: chosen.instructions }),
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new EngineError('params-invalid', `--signature-file: there is no file "${path}" that can be read.`)
  }
}

function outputsOf(signature: Given['signature']): readonly string[] {
  if (typeof signature === 'string') return parseSignatureLine(signature).outputs.map(({ name }) => name)
  return signature.filter(({ role }) => role === 'output').map(({ name }) => name)
}

async function openState(path: string, flags: Flags, output: Console): Promise<number> {
  const out = requireFlag(flags, 'out')
  const own = (['signature', 'signature-file', 'module', 'template', 'metric', 'instructions'] as const).find(
    flag => flags[flag] !== undefined,
  )
  if (own !== undefined)
    throw new EngineError('params-invalid', `--${own} has no place beside --state, which brings its own. Leave one of the two out.`)
  const store = memoryBlobs()
  const name = flags.name ?? basename(path, '.json')
  const { file, remarks } = await projectOfDspy(readStateText(path), { name, now: systemClock.date(), store })
  const graph = askedAs(file.project.graph, askingOf(flags))
  for (const remark of remarks) output.complain(`${path}: ${remark}`)
  await writeFile(out, await projectText({ ...file, project: { ...file.project, graph } }, store))
  output.print(flags.json ? JSON.stringify({ out, state: path, remarks }) : `Wrote ${out}.`)
  return 0
}

async function copyTemplate(id: string, flags: Flags, output: Console): Promise<number> {
  const out = requireFlag(flags, 'out')
  const template = templates.find(one => one.id === id)
  if (template === undefined)
    throw new EngineError('params-invalid', `--template must be one of ${templates.map(one => one.id).join(', ')}, not "${id}".`)
  const own = (['signature', 'signature-file', 'module', 'metric', 'instructions'] as const).find(flag => flags[flag] !== undefined)
  if (own !== undefined)
    throw new EngineError('params-invalid', `--${own} has no place beside --template, which brings its own. Leave one of the two out.`)
  let count = 0
  const file = template.build(prefix => `${prefix}${(count += 1)}`)
  const graph = askedAs(file.project.graph, askingOf(flags))
  const made = { ...file, project: { ...file.project, graph, ...(flags.name !== undefined && { name: flags.name }) } }
  await writeFile(out, `${JSON.stringify(made, null, 2)}\n`)
  output.print(
    flags.json ? JSON.stringify({ out, template: id, rows: file.dataset?.rows.length ?? 0 }) : `Wrote ${out}: ${template.title}.`,
  )
  return 0
}
