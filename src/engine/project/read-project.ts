import type { z } from 'zod'
import { isJsonObject, type JsonObject } from '@/lib/json'
import { EngineError } from '../base/errors'
import { projectMigrations, type ProjectMigration } from './migrations'
import { projectSchemaVersion } from './project'
import type { Project, ProjectFile } from './project'
import { projectFileSchema, projectSchema } from './project-schema'

/**
 * Reads a project file of this or any older version: migrates it step by step, checks every value and what they refer to.
 * Throws `project-newer` for a file of a later version and `project-invalid` with the path of the first fault.
 */
export function parseProjectFile(json: unknown, migrations: readonly ProjectMigration[] = projectMigrations): ProjectFile {
  if (!isJsonObject(json) || json.format !== 'dspy-studio-project') {
    throw new EngineError('project-invalid', 'This is not a DSPy Studio project file. Choose a file that was saved with "Export project".')
  }
  const migrated = migrate(json, migrations, inFile)
  const result = projectFileSchema.safeParse(migrated)
  if (!result.success) throw faultOf(result.error, inFile)
  checkReferences(result.data)
  return result.data
}

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

function migrate(json: JsonObject, migrations: readonly ProjectMigration[], fault: Fault): JsonObject {
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

function checkReferences(file: ProjectFile): void {
  const { graph, models, roles } = file.project
  const fields = new Map(graph.nodes.map(node => [node.id, new Set(node.fields.map(field => field.id))]))
  graph.edges.forEach((edge, index) => {
    for (const side of ['from', 'to'] as const) {
      const end = edge[side]
      // A module may add outputs of its own (reasoning), so a missing source field is left to the check of the graph.
      const isKnown = side === 'to' ? fields.get(end.node)?.has(end.field) : fields.has(end.node)
      if (!isKnown) throw inFile(['project', 'graph', 'edges', index, side], 'points at a node or field that the project does not have')
    }
  })
  const modelIds = new Set(models.map(model => model.id))
  for (const role of ['task', 'prompt', 'teacher', 'reflection', 'judge', 'embedding'] as const) {
    const id = roles[role]
    if (id !== undefined && !modelIds.has(id))
      throw inFile(['project', 'roles', role], `names the model "${id}", which the project does not have`)
  }
}

/** Words for what is wrong at a place. */
type Fault = (path: readonly PropertyKey[], problem: string) => EngineError

const inFile: Fault = (path, problem) => {
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

function faultOf({ issues: [issue] }: z.ZodError, fault: Fault): EngineError {
  const message = issue?.message ?? 'is not what a project holds'
  // The schema's own words are the end of a sentence; those of its library are not.
  return fault(issue?.path ?? [], message.startsWith('Invalid ') ? `is not right (${message.replace('Invalid input: ', '')})` : message)
}
