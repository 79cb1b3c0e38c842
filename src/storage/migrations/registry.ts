import { firstStores } from './0001-first-stores'
import type { Migration } from './migration'

/** In order, from version 1 on, without a gap. The last one is the version of the database. */
export const migrations: readonly Migration[] = [firstStores]
