import { useQuery } from '@tanstack/react-query'
import { onChange } from '@/storage/change-notices'
import { listQuarantine, quarantinedValue } from '@/storage/quarantine'
import { removeDamaged } from '@/storage/remove-damaged'
import type { QuarantinedRecord } from '@/storage/schema'
import { download } from './download'
import { engine } from './engine-client'
import { goTo } from './navigation'
import { notify, notifyError } from './notices'
import { paths } from './paths'
import { invalidate, queryKeys } from './query-client'

/** Stored records that cannot be read, as they are known so far. */
export function useDamaged() {
  return useQuery({ queryKey: queryKeys.damaged(), queryFn: () => listQuarantine() })
}

let timer: ReturnType<typeof setTimeout> | undefined
let toldOf = 0
/** A resume that meets a hundred damaged records meets them within moments: they are told of once. */
const gatherMs = 1_500

/** Says when the page starts, and from then on, that something stored cannot be read. */
export function watchDamage(): () => void {
  const tellSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      void tell()
    }, gatherMs)
  }
  tellSoon()
  return onChange(({ store }) => {
    if (store === 'quarantine') tellSoon()
  })
}

/** A record of any other store than these, that of a later version, is simply a record. */
const words: Readonly<Record<string, { readonly what: string; readonly means: string }>> = {
  projects: { what: 'A project', means: 'It cannot be opened; its data and runs are kept.' },
  versions: { what: 'A saved version', means: 'It is not in the list of versions.' },
  datasets: { what: 'A dataset', means: 'Its rows are there, but not what their columns are.' },
  datasetChunks: { what: 'Rows of a dataset', means: 'They are left out; the other rows are there.' },
  exampleSets: { what: 'The rows of a run', means: 'Runs on them can be looked at, but not resumed or replayed.' },
  runs: { what: 'A run', means: 'It cannot be shown; its answers are kept and not paid for again.' },
  runEvents: { what: 'A step of a run', means: 'It is left out of the log, and told again when the run is resumed.' },
  rollouts: { what: 'The record of one row of a run', means: 'The row is left out of tables and traces; scores are not touched.' },
  lmCalls: { what: 'A stored answer', means: 'The model is asked again when it is needed, which counts as a call.' },
  importedCalls: {
    what: 'An answer of an imported run',
    means: 'The model is asked again when that run needs it, which counts as a call.',
  },
  lmCallUses: { what: 'A note of who used an answer', means: 'The answer itself is there.' },
  runCalls: { what: 'A call of a run', means: 'It is left out of what the run took.' },
  runSpending: { what: 'What a run has spent', means: 'Its caps count what the answers on record took.' },
  tries: { what: 'A note of a try', means: 'It is not in the list of tries.' },
  settings: { what: 'A setting', means: 'It is as if it had never been set.' },
  blobs: { what: 'The record of a file', means: 'The file itself is not touched; deleting the record makes a new one from the file.' },
  blobData: {
    what: 'An image or file',
    means: 'Rows that need it fail alone. A backup that holds it brings it back; so does choosing it again.',
  },
  backup: { what: 'A line of a backup', means: 'It was left out when the backup was restored; the file still has it.' },
}

export function damageWords({ store }: Pick<QuarantinedRecord, 'store'>): { readonly what: string; readonly means: string } {
  return words[store] ?? { what: 'A record', means: 'It is left out.' }
}

/** A file with the record as it lies there. */
export async function downloadDamaged(record: QuarantinedRecord): Promise<void> {
  try {
    const value = await quarantinedValue(record)
    const written = await engine().withoutKeys({ ...record, value })
    download(new Blob([JSON.stringify(written, undefined, 2)], { type: 'application/json' }), `damaged-${record.store}.json`)
  } catch (error) {
    notifyError('The record could not be downloaded', error)
  }
}

export async function deleteDamaged(records: readonly QuarantinedRecord[]): Promise<void> {
  try {
    for (const record of records) await removeDamaged(record)
  } catch (error) {
    notifyError('The record could not be deleted', error)
  } finally {
    invalidate(queryKeys.damaged())
  }
}

async function tell(): Promise<void> {
  const found = await listQuarantine().catch(() => [])
  const count = found.length
  if (count > toldOf) {
    notify({
      title: count === 1 ? 'A stored record cannot be read' : `${count} stored records cannot be read`,
      detail: `${lostWords(found)} Everything else is intact.`,
      tone: 'warn',
      action: { label: 'Show', run: () => goTo(paths.settings()) },
    })
  }
  toldOf = count
}

/** `A setting, 3 × a stored answer: left out.` */
function lostWords(found: readonly QuarantinedRecord[]): string {
  const counts = new Map<string, number>()
  for (const record of found) counts.set(damageWords(record).what, (counts.get(damageWords(record).what) ?? 0) + 1)
  const [first, ...others] = [...counts].map(([what, count]) => (count === 1 ? what : `${count} × ${what.toLowerCase()}`))
  return `Left out: ${[first, ...others.map(other => other.charAt(0).toLowerCase() + other.slice(1))].join(', ')}.`
}
