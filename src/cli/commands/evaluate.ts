import { integerFlag } from '../arguments'
import { buildSpec } from '../build-spec'
import type { Command } from '../console'
import { examplesOf, loadExamples, loadProject, parseSplit } from '../load-project'
import { nodePorts } from '../node-ports'
import { percent, runHeadless, totalsJson } from '../run-headless'

/** Scores a project's program on rows. */
export const evaluate: Command = async (flags, output) => {
  const file = loadProject(flags)
  const split = parseSplit(flags.split, flags.data === undefined ? 'val' : 'all')
  const rows = examplesOf(await loadExamples(file, flags.data, flags), split, file.project)
  const limit = integerFlag(flags, 'limit', 1)
  const val = limit === undefined ? rows : rows.slice(0, limit)
  const spec = buildSpec({ project: file.project, flags, kind: 'evaluate', split, train: [], val })
  const ports = await nodePorts({ keyEnv: flags['key-env'] })
  const run = await runHeadless(spec, { train: [], val }, ports, { output, pauseFile: flags['pause-file'] })
  const { outcome } = run
  const summary = outcome.result?.best?.summary ?? outcome.result?.baseline?.summary
  const report = {
    status: outcome.status,
    score: summary ? percent(summary.mean) : null,
    interval: summary ? [percent(summary.low), percent(summary.high)] : null,
    scores:
      run.lastScores.length > 0 ? run.lastScores : run.rollouts.toSorted((a, b) => a.index - b.index).map(record => record.rollout.score),
    rows: val.length,
    errors: summary?.errors ?? 0,
    unscored: summary?.unscored ?? 0,
    ...totalsJson(outcome.totals),
    seconds: run.seconds,
    finish: outcome.sentence,
  }
  if (outcome.status === 'failed') output.complain(outcome.sentence)
  if (flags.json) output.print(JSON.stringify(report))
  else if (summary)
    output.print(
      `${report.score} (95 % interval ${report.interval?.join(' to ')}) on ${summary.count} of ${val.length} rows; ${report.calls} requests, ${report.tokens} tokens, ${run.seconds.toFixed(1)} s`,
    )
  return outcome.status === 'done' ? 0 : 1
}
