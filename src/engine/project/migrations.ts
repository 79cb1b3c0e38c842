import type { JsonObject } from '@/lib/json'

/** Takes a project file of version `from` to version `from + 1`. Pure: it sees plain JSON, never today's types. */
export interface ProjectMigration {
  readonly from: number
  migrate(file: JsonObject): JsonObject
}

/** In order, without a gap, ending at the current version. The same steps serve files and stored projects. */
export const projectMigrations: readonly ProjectMigration[] = []
