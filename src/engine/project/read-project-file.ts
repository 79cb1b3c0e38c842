import type { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { someOf } from '@/lib/some-of'
import { EngineError } from '../base/errors'
import { bodiesOf } from '../program/bodies'
import type { ProgramGraph } from '../program/program'
import { unknownProperties, withLineNames } from './file-losses'
import { projectMigrations, type ProjectMigration } from './migrations/registry'
import type { ProjectFile } from './project'
import { dataRowSchema, projectFileSchema, versionSchema } from './project-schema'
import { faultOf, inFile, migrate } from './read-project'

export interface ReadProjectFile {
  readonly file: ProjectFile
  /** What is not as it was in the file, in sentences: properties that this version does not know, records left out, names changed. */
  readonly remarks: readonly string[]
}

/**
 * Reads a project file of this or any older version: migrates it step by step, checks every value and what they refer to. Rows and versions
 * are checked one by one: a damaged one costs itself alone. Throws `project-newer` for a file of a later version and `project-invalid` with
 * the path of the first fault.
 */
export function readProjectFile(json: unknown, migrations: readonly ProjectMigration[] = projectMigrations): ReadProjectFile {
  if (!isJsonObject(json) || json.format !== 'dspy-studio-project') {
    throw new EngineError('project-invalid', 'This is not a DSPy Studio project file. Choose a file that was saved with "Export project".')
  }
  const remarks: string[] = []
  const migrated = withoutDamaged(migrate(json, migrations, inFile), remarks)
  const result = projectFileSchema.safeParse(migrated)
  if (!result.success) throw faultOf(result.error, inFile)
  checkReferences(result.data)
  const unknown = unknownProperties(migrated, result.data)
  const kept = unknown.filter(path => /^(project|versions)\./.test(path))
  const dropped = unknown.filter(path => !kept.includes(path))
  if (kept.length > 0) remarks.push(`${countOf(kept)} not known to this version; kept, and without effect here: ${someOf(kept)}.`)
  if (dropped.length > 0) remarks.push(`${countOf(dropped)} not known to this version, and left out: ${someOf(dropped)}.`)
  // As they were read: a later version finds what it added.
  const { project, versions } = migrated as unknown as ProjectFile
  const renamed: string[] = []
  const file = withLineNames({ ...result.data, project, versions }, to => renamed.push(`"${to}"`))
  if (renamed.length > 0) remarks.push(`Names that held line breaks or hidden characters are renamed: ${someOf([...new Set(renamed)])}.`)
  return { file, remarks }
}

/** The same without the remarks. */
export function parseProjectFile(json: unknown, migrations: readonly ProjectMigration[] = projectMigrations): ProjectFile {
  return readProjectFile(json, migrations).file
}

/** Rows and versions are many, and each is of use without the others. */
function withoutDamaged(file: JsonObject, remarks: string[]): JsonObject {
  const sifted = (list: Json | undefined, schema: z.ZodType, what: string): Json | undefined => {
    if (!Array.isArray(list)) return list
    const bad = new Map<number, string>()
    list.forEach((record: Json, at) => {
      const [issue] = schema.safeParse(record).error?.issues ?? []
      if (issue) bad.set(at, `${issue.path.map(String).join('.') || 'record'} ${issue.message}`)
    })
    if (bad.size === 0) return list
    const [reason] = bad.values()
    remarks.push(`Damaged ${what} were left out: ${someOf([...bad.keys()].map(at => at + 1))} (${reason}).`)
    return list.filter((_record: Json, at) => !bad.has(at))
  }
  const { dataset, versions } = file
  return {
    ...file,
    ...(isJsonObject(dataset ?? null) && {
      dataset: { ...(dataset as JsonObject), rows: sifted((dataset as JsonObject)['rows'], dataRowSchema, 'rows') ?? null },
    }),
    ...(versions !== undefined && { versions: sifted(versions, versionSchema, 'versions') ?? null }),
  }
}

function countOf(paths: readonly string[]): string {
  return paths.length === 1 ? 'One property is' : `${paths.length} properties are`
}

function checkReferences(file: ProjectFile): void {
  const { graph, models, roles } = file.project
  checkWires(graph, ['project', 'graph'])
  file.versions.forEach((version, index) => version.graph && checkWires(version.graph, ['versions', index, 'graph']))
  const modelIds = new Set(models.map(model => model.id))
  for (const role of ['task', 'prompt', 'teacher', 'reflection', 'judge', 'extraction', 'embedding'] as const) {
    const id = roles[role]
    if (id !== undefined && !modelIds.has(id))
      throw inFile(['project', 'roles', role], `names the model "${id}", which the project does not have`)
  }
}

/** Also of the programs within its steps. */
function checkWires(graph: ProgramGraph, path: readonly PropertyKey[]): void {
  const fields = new Map(graph.nodes.map(node => [node.id, new Set(node.fields.map(field => field.id))]))
  graph.edges.forEach((edge, index) => {
    for (const side of ['from', 'to'] as const) {
      const end = edge[side]
      // A module may add outputs of its own (reasoning), so a missing source field is left to the check of the graph.
      const isKnown = side === 'to' ? fields.get(end.node)?.has(end.field) : fields.has(end.node)
      if (!isKnown) throw inFile([...path, 'edges', index, side], 'points at a node or field that the project does not have')
    }
  })
  graph.nodes.forEach((node, index) => {
    bodiesOf(node).forEach((body, number) => checkWires(body.graph, [...path, 'nodes', index, 'bodies', number, 'graph']))
  })
}
