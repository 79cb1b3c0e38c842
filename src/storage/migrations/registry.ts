import { firstStores } from './0001-first-stores'
import { runSpending } from './0002-run-spending'
import { tries } from './0003-tries'
import { votes } from './0004-votes'
import { blobs } from './0005-blobs'
import { importedCalls } from './0006-imported-calls'
import type { Migration } from './migration'

/** In order, from version 1 on, without a gap. The last one is the version of the database. Each has a fixture beside it. */
export const migrations: readonly Migration[] = [firstStores, runSpending, tries, votes, blobs, importedCalls]
