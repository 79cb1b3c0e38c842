import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { projectToVotes, versionToVotes } from './0002-votes'

/** Takes a project file of version `from` to version `from + 1`. Pure: it sees plain JSON, never today's types. */
export interface ProjectMigration {
  readonly from: number
  migrate(file: JsonObject): JsonObject
}

/** In order, without a gap, ending at the current version. The same steps serve files and stored projects. */
export const projectMigrations: readonly ProjectMigration[] = [
  {
    from: 1,
    migrate(file) {
      const { project, versions } = file
      // What is no project is refused by the reader, with its place.
      if (project === undefined || !isJsonObject(project)) return { ...file, schemaVersion: 2 }
      const { project: now, before } = projectToVotes(project)
      const list: Json | undefined = Array.isArray(versions)
        ? versions.map((version: Json) => (isJsonObject(version) ? versionToVotes(version, before) : version))
        : versions
      return { ...file, schemaVersion: 2, project: now, ...(list !== undefined && { versions: list }) }
    },
  },
]
