import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { EngineError } from '@/engine/errors'
import { optimizerKinds } from '@/engine/optimizers/registry'
import type { ProjectFile } from '@/engine/project/project'
import type { RunOutcome } from '@/engine/run/ports'
import { dspyStateText } from '@/export/to-dspy-json'
import type { JsonObject } from '@/lib/json'
import { jsonFlag, type Flags } from '../arguments'
import { buildSpec } from '../build-spec'
import type { Command } from '../console'
import { openJournalDirectory } from '../journal-directory'
import { examplesOf, loadExamples, loadProject } from '../load-project'
import { nodePorts } from '../node-ports'
import { percent, runHeadless, totalsJson, type HeadlessRun } from '../run-headless'

/** Compiles a project's program; with `--journal`, the same command resumes a run that was killed. */
export const compile: Command = async (flags, output) => {
  const file = loadProject(flags)
  const { project } = file
  const optimizer = readOptimizer(flags, file)
  const rows = await loadExamples(file, flags.data, flags)
  const train =
    flags.val === undefined ? examplesOf(rows, 'train', project) : flags.data === undefined ? examplesOf(rows, 'train', project) : rows
  const val = flags.val === undefined ? examplesOf(rows, 'val', project) : await loadExamples(file, flags.val, flags)
  const spec = buildSpec({ project, flags, kind: 'compile', split: 'val', train, val, optimizer })
  const directory = flags.journal === undefined ? undefined : openJournalDirectory(flags.journal, { spec, train, val })
  try {
    const ports = await nodePorts({ keyEnv: flags['key-env'], ...(directory && { calls: directory.calls, journal: directory.journal }) })
    const before = directory?.spentBefore
    const run = await runHeadless(spec, { train, val }, before ? { ...ports, spentBefore: before } : ports, {
      output,
      pauseFile: flags['pause-file'],
    })
    const report = compileReport(run, directory?.recordedCalls ?? 0)
    if (flags.out !== undefined && run.outcome.result?.best) await writeFile(flags.out, compiledText(file, run.outcome, flags.out))
    if (run.outcome.status === 'failed') output.complain(run.outcome.sentence)
    if (flags.json) output.print(JSON.stringify(report))
    else
      output.print(
        `${run.outcome.sentence}\nbaseline ${report.baseline ?? '–'}, best ${report.best ?? '–'}; ${report.calls} requests, ${report.cachedCalls} from cache, ${run.seconds.toFixed(1)} s`,
      )
    return run.outcome.status === 'failed' || run.outcome.status === 'cancelled' ? 1 : 0
  } finally {
    directory?.close()
  }
}

/** What `--json` prints of a compile: scores are 0–100, gains are points of the same scale. */
export function compileReport(run: HeadlessRun, recordedCalls: number) {
  const { result, totals, status, sentence, digest, divergence } = run.outcome
  const best = result?.best
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
          low: percent(result.gain.low),
          high: percent(result.gain.high),
          fixed: result.gain.fixed,
          broken: result.gain.broken,
          same: result.gain.same,
        }
      : null,
    trials: run.trials,
    ...totalsJson(totals),
    recordedCalls,
    seconds: run.seconds,
    finish: sentence,
    digest,
    divergence: divergence ?? null,
    state: best?.state ?? null,
  }
}

function readOptimizer(flags: Flags, file: ProjectFile): { id: string; params: JsonObject } {
  const id = flags.optimizer ?? file.project.optimizer.id
  const kind = optimizerKinds.find(one => one.id === id)
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
      `The parameter "${issue?.path.join('.') ?? ''}" of ${kind.title} is not right: ${issue?.message ?? 'unreadable'}.`,
    )
  }
  return { id, params: given }
}

/** The compiled project; DSPy's state file when the name of the file says "state". */
function compiledText(file: ProjectFile, outcome: RunOutcome, path: string): string {
  const state = outcome.result?.best?.state ?? file.project.state
  const project = { ...file.project, state }
  if (/state/i.test(basename(path))) return dspyStateText(project, Object.fromEntries(project.models.map(model => [model.id, model])))
  return `${JSON.stringify({ ...file, project }, null, 2)}\n`
}
