import type { z } from 'zod'
import { isJsonObject, type JsonObject } from '@/lib/json'
import { EngineError } from '../base/errors'
import { projectMigrations, type ProjectMigration } from './migrations/registry'
import { projectSchemaVersion } from './project'
import type { Project } from './project'
import { projectSchema } from './project-schema'

/**
 * Reads a project as it is stored, of this or any older version. What the schema does not know stays in it, so that a later version
 * finds it again. Throws as `parseProjectFile` does, with a sentence for somebody who has the project and not a file.
 */
export function readProject(json: unknown, migrations: readonly ProjectMigration[] = projectMigrations): Project {
  if (!isJsonObject(json)) throw inStore([], 'is not an object')
  const isCurrent = json.schemaVersion === projectSchemaVersion
  if (isCurrent) checkShape(json, inStore)
  // The steps are written for files, of which the project is a part.
  const file: JsonObject = { format: 'dspy-studio-project', schemaVersion: json.schemaVersion ?? null, project: json, versions: [] }
  const project: unknown = isCurrent ? json : migrate(file, migrations, inStore).project
  const result = projectSchema.safeParse(project)
  if (!result.success) throw faultOf(result.error, inStore)
  return project as Project
}

/** Takes a file of any version to this one, unchecked. */
export function migrate(json: JsonObject, migrations: readonly ProjectMigration[], fault: Fault): JsonObject {
  checkShape(json, fault)
  const version = json.schemaVersion
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) throw fault(['schemaVersion'], 'is not a version number')
  if (version > projectSchemaVersion) {
    throw new EngineError(
      'project-newer',
      `This project was made by a newer version of DSPy Studio (file version ${version}, this app reads up to ${projectSchemaVersion}). Update DSPy Studio, then open it again.`,
      { version, supported: projectSchemaVersion },
    )
  }
  try {
    return migrations.filter(step => step.from >= version).reduce((file, step) => step.migrate(file), json)
  } catch (error) {
    // A step trusts that the file is what its version wrote.
    if (error instanceof EngineError) throw error
    throw fault([], `is not what version ${version} wrote`)
  }
}

/** Also refused: a key named `__proto__` anywhere, and nesting so deep that it can only be meant to break a reader. */
export function checkShape(value: unknown, fault: Fault = inFile, path: string[] = []): void {
  if (typeof value !== 'object' || value === null) return
  if (path.length > maxDepth) throw fault(path.slice(0, 6), `is nested more than ${maxDepth} levels deep`)
  for (const key of Object.keys(value)) {
    // One stack for the whole walk: a file may hold millions of cells.
    path.push(key)
    if (key === '__proto__') throw fault(path, 'is a name no project may use')
    checkShape(Reflect.get(value, key), fault, path)
    path.pop()
  }
}
const maxDepth = 64

/** Words for what is wrong at a place. */
export type Fault = (path: readonly PropertyKey[], problem: string) => EngineError

export const inFile: Fault = (path, problem) => {
  const where = path.map(String).join('.') || 'file'
  return new EngineError(
    'project-invalid',
    `The project file cannot be read: ${where} ${problem}. Export the project again, or correct this place by hand.`,
    { path: where },
  )
}

const inStore: Fault = (path, problem) => {
  const where = path.map(String).join('.') || 'record'
  return new EngineError(
    'project-invalid',
    `This project cannot be opened: its ${where} ${problem}. The version of DSPy Studio that made it may open it; download it to keep a copy.`,
    { path: where },
  )
}

export function faultOf({ issues: [issue] }: z.ZodError, fault: Fault): EngineError {
  const message = issue?.message ?? 'is not what a project holds'
  // The schema's own words are the end of a sentence; those of its library are not.
  return fault(issue?.path ?? [], message.startsWith('Invalid ') ? `is not right (${message.replace('Invalid input: ', '')})` : message)
}
