import { intervalOf } from '@/engine/evaluate/interval'
import { memoryBlobs, type BlobStore } from '@/engine/blobs/blob-store'
import { basename } from 'node:path'
import { EngineError } from '@/engine/base/errors'
import { issueWords } from '@/lib/issue-words'
import { needOptimizerKind, optimizerKind, optimizerKinds } from '@/engine/optimizers/registry'
import { inColumns, keptLayout } from '@/engine/project/kept-layout'
import type { ProjectFile } from '@/engine/project/project'
import type { RunOutcome } from '@/engine/run/base/ports'
import type { RunSpec } from '@/engine/record/spec'
import { dspyFilesOf } from '@/export/dspy-files'
import { dspyStateText } from '@/export/to-dspy-json'
import type { JsonObject } from '@/lib/json'
import { integerFlag, jsonFlag, type Flags } from '../headless/arguments'
import { buildSpec } from '../headless/build-spec'
import type { Command, Console } from '../headless/console'
import { throwIfNothingKept } from '../headless/failed-run'
import { examplesOf, loadExamples, loadProject, parseSplit, projectText } from '../headless/load-project'
import { outFile } from '../headless/out-file'
import {
  besideWords,
  exitCodeOf,
  judgeWords,
  percent,
  runWithFlags,
  totalsJson,
  type HeadlessRun,
  type RunData,
} from '../headless/run-headless'

/** Compiles a project's program; with `--journal`, the same command resumes a run that was killed. */
export const compile: Command = async (flags, output) => {
  const blobs = memoryBlobs()
  const file = await loadProject(flags, blobs, output)
  const { project } = file
  const optimizer = readOptimizer(flags, file)
  const out = outFile(flags.out)
  const data = await splitData(file, flags, { blobs, output })
  const spec = buildSpec({ project, flags, kind: 'compile', split: parseSplit(flags.split, 'val'), ...data, optimizer })
  checkEmbedding(spec)
  const run = await runWithFlags(spec, data, flags, { output, blobs })
  const { outcome } = run
  throwIfNothingKept(outcome)
  const report = compileReport(run)
  if (outcome.result?.best) out?.write(await compiledText(withEmbedder(file, spec), outcome, { path: out.path, blobs }))
  if (outcome.status === 'failed') output.complain(outcome.sentence)
  if (flags.json) output.print(JSON.stringify(report))
  else
    output.print(
      `${outcome.sentence}\nbaseline ${report.baseline ?? '–'}, best ${report.best ?? '–'}; ${report.calls} requests, ${report.cachedCalls} from cache, ${run.seconds.toFixed(1)} s${judgeWords(outcome.totals)}${besideWords(outcome.totals)}`,
    )
  return exitCodeOf(outcome)
}

/**
 * Rows to learn from and rows to choose by: the splits of one dataset, or `--data` and `--val` as whole files. `--split` names another
 * split to choose by, `--limit` takes the first rows of each.
 */
async function splitData(
  file: ProjectFile,
  flags: Flags,
  ports: { readonly blobs: BlobStore; readonly output: Console },
): Promise<RunData> {
  const { project } = file
  const limit = integerFlag(flags, 'limit', 1)
  const rows = await loadExamples(file, flags.data, flags, ports)
  const isWhole = flags.val !== undefined && flags.data !== undefined
  const train = isWhole ? rows : examplesOf(rows, 'train', project)
  const val =
    flags.val === undefined
      ? examplesOf(rows, parseSplit(flags.split, 'val'), project)
      : await loadExamples(file, flags.val, flags, { ...ports, idPrefix: 'val' })
  return { train: train.slice(0, limit), val: val.slice(0, limit) }
}

/** What `--json` prints of a compile: scores are 0–100, gains are points of the same scale. */
export function compileReport(run: HeadlessRun) {
  const { result, totals, status, sentence, digest, divergence } = run.outcome
  const best = result?.best
  const interval = result?.gain && intervalOf(result.gain)
  return {
    status,
    score: best ? percent(best.summary.mean) : null,
    scores: best ? (run.fullScores.get(best.candidate) ?? []) : [],
    baseline: result?.baseline ? percent(result.baseline.summary.mean) : null,
    best: best ? percent(best.summary.mean) : null,
    bestLabel: best?.label ?? null,
    gain: result?.gain
      ? {
          mean: percent(result.gain.mean),
          // Null where the rows give no interval.
          low: interval ? percent(interval.low) : null,
          high: interval ? percent(interval.high) : null,
          fixed: result.gain.fixed,
          broken: result.gain.broken,
          same: result.gain.same,
        }
      : null,
    trials: run.trials,
    ...totalsJson(totals),
    recordedCalls: run.recordedCalls,
    seconds: run.seconds,
    finish: sentence,
    digest,
    divergence: divergence ?? null,
    state: best?.state ?? null,
    ...(best?.graph && { graph: best.graph }),
  }
}

function readOptimizer(flags: Flags, file: ProjectFile): { id: string; params: JsonObject } {
  const id = flags.optimizer ?? file.project.optimizer.id
  const kind = optimizerKind(id)
  if (!kind)
    throw new EngineError('params-invalid', `--optimizer must be one of ${optimizerKinds.map(one => one.id).join(', ')}, not "${id}".`)
  const given = flags.params === undefined ? (file.project.optimizer.params[id] ?? {}) : jsonFlag(flags, 'params')
  const unknown = Object.keys(given).find(name => !(name in kind.params.shape))
  if (unknown !== undefined)
    throw new EngineError(
      'params-invalid',
      `${kind.title} has no parameter "${unknown}"; it takes ${Object.keys(kind.params.shape).join(', ')}.`,
    )
  const parsed = kind.params.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new EngineError(
      'params-invalid',
      `The parameter "${issue?.path.join('.') ?? ''}" of ${kind.title} is not right. ${issue ? issueWords(issue) : ''}`,
    )
  }
  return { id, params: given }
}

/** Said in flags: the engine's own words speak of the screen. */
function checkEmbedding({ optimizer, models }: RunSpec): void {
  const kind = needOptimizerKind(optimizer?.id ?? '')
  if (models.embedding !== undefined || !kind.roles(kind.params.parse(optimizer?.params ?? {})).includes('embedding')) return
  throw new EngineError(
    'params-invalid',
    `${kind.title} by embeddings needs an embedding model: give one with --embedding-lm BASE_URL#MODEL, or set "vectorizer" to "lexical".`,
  )
}

/** A state that picks demos by the embeddings of a model given as a flag names that model: the project takes it up. */
function withEmbedder(file: ProjectFile, { models: { embedding } }: RunSpec): ProjectFile {
  const { project } = file
  if (!embedding || project.models.some(({ id }) => id === embedding.id)) return file
  return { ...file, project: { ...project, models: [...project.models, embedding], roles: { ...project.roles, embedding: embedding.id } } }
}

/** The compiled project; DSPy's state file when the name of the file says "state". */
async function compiledText(
  file: ProjectFile,
  outcome: RunOutcome,
  { path, blobs }: { readonly path: string; readonly blobs: Pick<BlobStore, 'get'> },
): Promise<string> {
  const { state, graph } = outcome.result?.best ?? file.project
  const project = { ...file.project, state, ...(graph && { graph, layout: keptLayout(graph, file.project.layout, inColumns) }) }
  if (!/state/i.test(basename(path))) return projectText({ ...file, project }, blobs)
  const models = Object.fromEntries(project.models.map(model => [model.id, model]))
  return dspyStateText(project, models, await dspyFilesOf(blobs, state))
}
