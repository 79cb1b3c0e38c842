import type { Rollout } from '@/engine/evaluate/rollout'
import type { RolloutRecord } from '@/engine/record/events'
import { integerFlag } from '../arguments'
import { buildSpec } from '../build-spec'
import type { Command } from '../console'
import { throwIfNoRowCounts, throwIfNothingKept } from '../failed-run'
import { examplesOf, loadExamples, loadProject, parseSplit } from '../load-project'
import { outFile } from '../out-file'
import { besideWords, exitCodeOf, judgeWords, percent, runWithFlags, totalsJson } from '../run-headless'

/** Scores a project's program on rows; `--out` keeps what it predicted. */
export const evaluate: Command = async (flags, output) => {
  const file = loadProject(flags)
  const split = parseSplit(flags.split, flags.data === undefined ? 'val' : 'all')
  const limit = integerFlag(flags, 'limit', 1)
  const out = outFile(flags.out)
  const val = examplesOf(await loadExamples(file, flags.data, flags), split, file.project).slice(0, limit)
  const spec = buildSpec({ project: file.project, flags, kind: 'evaluate', split, train: [], val })
  const records = new Map<number, Omit<Rollout, 'trace' | 'ms'>>()
  const onRollout = ({ index, rollout }: RolloutRecord): void => {
    // Without the steps: they are most of it, and thousands of rows would fill the memory.
    const { trace: _trace, ms: _ms, ...kept } = rollout
    records.set(index, kept)
  }
  const run = await runWithFlags(spec, { train: [], val }, flags, { output, onRollout })
  const { outcome } = run
  throwIfNothingKept(outcome)
  const rows = [...records].toSorted(([a], [b]) => a - b)
  const failures = rows.flatMap(([row, { exampleId, error, score }]) =>
    error ? [{ row, exampleId, error, isScored: score !== null }] : [],
  )
  throwIfNoRowCounts(
    val.length,
    failures.map(({ error }) => error),
  )
  const summary = outcome.result?.best?.summary
  const report = {
    status: outcome.status,
    score: summary && summary.count > 0 ? percent(summary.mean) : null,
    interval: summary && summary.count > 0 ? [percent(summary.low), percent(summary.high)] : null,
    scores: run.fullScores.values().next().value ?? rows.map(([, { score }]) => score),
    rows: val.length,
    errors: summary?.errors ?? 0,
    unscored: summary?.unscored ?? val.length - rows.length,
    failures: failures.map(({ row, exampleId, error, isScored }) => ({
      row,
      id: exampleId,
      code: error.code,
      message: error.message,
      isScored,
    })),
    ...totalsJson(outcome.totals),
    recordedCalls: run.recordedCalls,
    seconds: run.seconds,
    finish: outcome.sentence,
    digest: outcome.digest,
  }
  out?.write(
    rows
      .map(
        ([row, { exampleId, prediction, score, error }]) =>
          `${JSON.stringify({ row, id: exampleId, prediction, score, error: error?.message })}\n`,
      )
      .join(''),
  )
  if (flags.json) output.print(JSON.stringify(report))
  else
    output.print(
      `${outcome.sentence}\n${report.calls} requests, ${report.cachedCalls} from cache, ${report.tokens} tokens, ${run.seconds.toFixed(1)} s${judgeWords(outcome.totals)}${besideWords(outcome.totals)}`,
    )
  return exitCodeOf(outcome)
}
