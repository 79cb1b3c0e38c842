import { someOf } from '@/lib/some-of'
import { systemClock } from '@/lib/system-clock'
import { download } from '../session/download'
import { engine } from '../session/engine-client'
import { notify, notifyError } from '../session/notices'
import { invalidate, queryKeys } from '../session/query-client'
import { runsWithoutRoom } from '../runs/run-problems'
import { acceptLoss, noteBackup } from '../session/workspace'

/** Downloads everything stored but the keys, as one file. */
export async function downloadBackup(): Promise<void> {
  try {
    const backup = await engine().makeBackup()
    const now = new Date(systemClock.date())
    download(backup, `dspy-studio-${now.toISOString().slice(0, 10)}.backup.jsonl`)
    noteBackup(now.getTime())
  } catch (error) {
    notifyError('The backup could not be made', error)
  }
}

/** Brings back what a backup holds, beside what is here. */
export async function restoreBackup(file: Blob): Promise<void> {
  try {
    const { restored, damaged, lines } = await engine().restoreBackup(file)
    await acceptLoss()
    const broken =
      damaged === 0
        ? ''
        : ` ${damaged === 1 ? 'A damaged line was' : 'Damaged lines were'} left out: ${someOf(lines.map(({ line, reason }) => `${line} (${reason})`))}.`
    notify({ title: 'Backup restored', detail: `${restored} records are back.${broken}`, tone: damaged === 0 ? 'good' : 'warn' })
  } catch (error) {
    notifyError('The backup could not be restored', error)
  } finally {
    invalidate(queryKeys.storageInfo())
  }
}

/** Throws out stored answers, the least recently used first, and lets runs go on that waited for room. Resolves with the bytes that are free. */
export async function freeCallCache(bytes: number): Promise<number | undefined> {
  try {
    const freed = await engine().evictCalls(bytes)
    for (const runId of freed.bytes > 0 ? runsWithoutRoom() : []) await engine().command(runId, 'resume')
    return freed.bytes
  } catch (error) {
    notifyError('No space could be freed', error)
    return undefined
  } finally {
    invalidate(queryKeys.storageInfo())
  }
}
