import { EngineError } from '@/engine/base/errors'
import { storyDigest } from '@/engine/run/story/story'
import { requireFlag } from '../headless/arguments'
import type { Command } from '../headless/console'
import { openJournalDirectory, readRecordedRun } from '../headless/journal-directory'
import { nodePorts } from '../headless/node-ports'
import { runHeadless } from '../headless/run-headless'
import { compileReport } from './compile'

/** Runs a recorded compile again with nothing but its recorded answers, and compares the digests of both stories. */
export const replay: Command = async (flags, output) => {
  const folder = requireFlag(flags, 'journal')
  const recorded = readRecordedRun(folder)
  const directory = openJournalDirectory(folder, recorded)
  try {
    if (!directory.journal.recorded.some(event => event.type === 'run-end' && event.reason === 'done')) {
      throw new EngineError(
        'params-invalid',
        `The run in ${folder} is not finished. Finish it with the compile command that began it, then replay it.`,
      )
    }
    const ports = nodePorts({
      calls: directory.calls,
      // Compared with the record event by event, so that the first difference can be named; nothing is written.
      journal: { ...directory.journal, append: async () => {} },
    })
    const spec = { ...recorded.spec, budget: {} }
    const run = await runHeadless(spec, recorded, { ...ports, offline: true }, { output })
    const expected = storyDigest(directory.journal.recorded)
    const isSame = run.outcome.digest === expected && run.outcome.divergence === undefined
    const report = { ...compileReport({ ...run, recordedCalls: directory.recordedCalls }), recordedDigest: expected, isSame }
    if (flags.json) output.print(JSON.stringify(report))
    else output.print(`${report.calls} requests sent, ${report.cachedCalls} answers from the record; ${comparison(report)}`)
    return isSame ? 0 : 1
  } finally {
    const leftOut = directory.leftOut()
    if (leftOut !== undefined) output.complain(leftOut)
    directory.close()
  }
}

function comparison({
  digest,
  recordedDigest,
  isSame,
  divergence,
}: ReturnType<typeof compileReport> & { recordedDigest: string; isSame: boolean }): string {
  if (isSame) return `digest ${digest} is the recorded one.`
  const where = divergence ? ` The first difference is at event ${divergence.seq}.` : ''
  return `digest ${digest} differs from the recorded ${recordedDigest}.${where}`
}
