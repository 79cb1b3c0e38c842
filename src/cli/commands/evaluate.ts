import { intervalOf } from '@/engine/evaluate/interval'
import type { StopReason } from '@/engine/trace/span'
import { stopCounts, stopNames, stopsOf } from '@/engine/trace/stops'
import { memoryBlobs } from '@/engine/blobs/blob-store'
import type { Rollout } from '@/engine/evaluate/rollout'
import type { RolloutRecord } from '@/engine/record/events'
import { integerFlag } from '../headless/arguments'
import { buildSpec } from '../headless/build-spec'
import type { Command } from '../headless/console'
import { throwIfNoRowCounts, throwIfNothingKept } from '../headless/failed-run'
import { examplesOf, loadExamples, loadProject, parseSplit } from '../headless/load-project'
import { outFile } from '../headless/out-file'
import { streamPrinter } from '../headless/stream-printer'
import { besideWords, exitCodeOf, judgeWords, percent, runWithFlags, totalsJson } from '../headless/run-headless'

/** Scores a project's program on rows; `--out` keeps what it predicted. */
export const evaluate: Command = async (flags, output) => {
  const blobs = memoryBlobs()
  const file = await loadProject(flags, blobs, output)
  const split = parseSplit(flags.split, flags.data === undefined ? 'val' : 'all')
  const limit = integerFlag(flags, 'limit', 1)
  const out = outFile(flags.out)
  const val = examplesOf(await loadExamples(file, flags.data, flags, { blobs, output }), split, file.project).slice(0, limit)
  const spec = buildSpec({ project: file.project, flags, kind: 'evaluate', split, train: [], val })
  const records = new Map<number, Omit<Rollout, 'trace' | 'ms'> & { readonly stopped: readonly StopReason[] }>()
  const onRollout = ({ index, rollout }: RolloutRecord): void => {
    // Of the steps only at which bounds they ended: they are most of it, and thousands of rows would fill the memory.
    const { trace, ms: _ms, ...kept } = rollout
    records.set(index, { ...kept, stopped: stopsOf(trace) })
  }
  const run = await runWithFlags(spec, { train: [], val }, flags, {
    output,
    onRollout,
    blobs,
    // Beside an object for a program, they are for whoever looks on.
    ...(flags.stream && { stream: streamPrinter(flags.json ? text => process.stderr.write(text) : output.write) }),
  })
  const { outcome } = run
  throwIfNothingKept(outcome)
  const rows = [...records].toSorted(([a], [b]) => a - b)
  const failures = rows.flatMap(([row, { exampleId, error, score }]) =>
    error ? [{ row, exampleId, error, isScored: score !== null }] : [],
  )
  // Of the rows that ran: too many bad ones end a run before its last row.
  throwIfNoRowCounts(
    rows.length,
    failures.map(({ error }) => error),
  )
  const stopped = stopCounts(rows.map(([, row]) => row.stopped))
  const summary = outcome.result?.best?.summary
  const interval = summary && intervalOf(summary)
  const report = {
    status: outcome.status,
    score: summary && summary.count > 0 ? percent(summary.mean) : null,
    // Null where the rows give none: one row, or rows that all came out the same.
    interval: interval ? [percent(interval.low), percent(interval.high)] : null,
    scores: run.fullScores.values().next().value ?? rows.map(([, { score }]) => score),
    rows: val.length,
    errors: summary?.errors ?? 0,
    unscored: summary?.unscored ?? val.length - rows.length,
    stopped,
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
        ([row, { exampleId, prediction, score, error, stopped: bounds }]) =>
          `${JSON.stringify({ row, id: exampleId, prediction, score, error: error?.message, ...(bounds.length > 0 && { stopped: bounds }) })}\n`,
      )
      .join(''),
  )
  if (flags.json) output.print(JSON.stringify(report))
  else
    output.print(
      `${outcome.sentence}\n${report.calls} requests, ${report.cachedCalls} from cache, ${report.tokens} tokens, ${run.seconds.toFixed(1)} s${judgeWords(outcome.totals)}${besideWords(outcome.totals)}${stopLine(stopped)}`,
    )
  return exitCodeOf(outcome)
}

/** For the summary in words; empty where every row came to its own end. */
function stopLine(counts: ReturnType<typeof stopCounts>): string {
  // Its keys are the reasons, by its type.
  const parts = (Object.keys(counts) as StopReason[]).map(reason => `${counts[reason]} ${stopNames[reason]}`)
  return parts.length === 0 ? '' : `\nRows with a step that ended at a bound: ${parts.join(', ')}`
}
