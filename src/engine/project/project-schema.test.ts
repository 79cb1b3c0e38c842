import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineError } from '@/engine/errors'
import { parseJson, type JsonObject } from '@/lib/json'
import { toyFile } from '@/testing/toy-project'
import { projectMigrations } from './migrations/registry'
import { projectSchemaVersion } from './project'
import { parseProjectFile } from './project-schema'

/** As it comes from a file: what was undefined is gone. */
function asJson(value: unknown): JsonObject {
  const result = parseJson(JSON.stringify(value))
  if (!result.ok) throw new Error(result.reason)
  return result.value as JsonObject // It was an object before.
}

function refusal(json: unknown): EngineError {
  try {
    parseProjectFile(json)
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  throw new Error('the file was accepted')
}

describe('parseProjectFile', () => {
  it('gives back all of a project file, every optional part included', () => {
    const file = toyFile(3)
    expect(parseProjectFile(asJson(file))).toEqual(file)
  })

  it('says what to do with a file of a newer version', () => {
    const error = refusal({ ...asJson(toyFile(1)), schemaVersion: 99, surprise: true })
    expect(error.code).toBe('project-newer')
    expect(error.message).toContain('made by a newer version')
    expect(error.message).toContain('Update')
  })

  it('keeps adapters, and refuses one it does not know with a sentence', () => {
    const file = asJson(toyFile(1))
    const project = asJson(file.project)
    const graph = asJson(project.graph)
    const withGraph = (changes: object) => ({ ...file, project: { ...project, graph: { ...graph, ...changes } } })
    const nodes = (graph.nodes as readonly JsonObject[]).map(node => (node.kind === 'signature' ? { ...node, adapter: 'json' } : node))
    expect(asJson(parseProjectFile(withGraph({ adapter: 'xml', nodes })).project.graph)).toEqual({ ...graph, adapter: 'xml', nodes })
    const error = refusal(withGraph({ adapter: 'baml' }))
    expect(error.code).toBe('project-invalid')
    expect(error.message).toMatch(/choose chat, json, xml/)
    expect(error.facts.path).toBe('project.graph.adapter')
  })

  it('names the place of a fault', () => {
    const file = asJson(toyFile(1))
    const project = asJson(file.project)
    expect(refusal({ ...file, project: { ...project, run: { ...asJson(project.run), concurrency: 0 } } }).facts.path).toBe(
      'project.run.concurrency',
    )
    expect(refusal({ ...file, project: { ...project, roles: { task: 'gone', prompt: 'sandbox' } } }).message).toContain('"gone"')
    expect(refusal({ hello: 1 }).message).toContain('not a DSPy Studio project file')
    expect(refusal('[]').code).toBe('project-invalid')
  })

  it('refuses an edge that points nowhere and two nodes of one id', () => {
    const file = toyFile(1)
    const { graph } = file.project
    const dangling = { ...graph, edges: [{ id: 'e9', from: { node: 'in', field: 'in_text' }, to: { node: 'out', field: 'gone' } }] }
    expect(refusal(asJson({ ...file, project: { ...file.project, graph: dangling } })).facts.path).toBe('project.graph.edges.0.to')
    const twice = { ...graph, nodes: [...graph.nodes, graph.nodes[0]] }
    expect(refusal(asJson({ ...file, project: { ...file.project, graph: twice } })).message).toContain('same id')
  })

  it('lets no key reach the prototype of objects', () => {
    const text = JSON.stringify(toyFile(1))
    const poisoned = [
      text.replace('"layout":{', '"layout":{"__proto__":{"polluted":1},'),
      text.replace('"moduleParams":{', '"moduleParams":{"__proto__":{"polluted":1},'),
      text.replace('"state":{', '"state":{"constructor":{"instructions":"","demos":[]},'),
    ]
    for (const one of poisoned) {
      expect(one).not.toBe(text)
      const json = parseJson(one)
      expect(refusal(json.ok ? json.value : undefined).code).toBe('project-invalid')
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('survives whatever is in place of a value', () => {
    const file = asJson(toyFile(2))
    const paths = pathsOf(file)
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        try {
          parseProjectFile(replaceAt(file, path, value))
        } catch (error) {
          if (!(error instanceof EngineError)) throw error
        }
      }),
      { numRuns: 500 },
    )
    expect(() => parseProjectFile(nested(100_000))).toThrow(EngineError)
  })
})

describe('roles', () => {
  it('may be left open, and name models of the project where they are not', () => {
    const file = toyFile(1)
    const [model] = file.project.models
    if (!model) throw new Error('a model')
    const withRoles = (roles: object) => asJson({ ...file, project: { ...file.project, roles: { ...file.project.roles, ...roles } } })
    expect(parseProjectFile(withRoles({ reflection: model.id, embedding: model.id })).project.roles).toMatchObject({ embedding: model.id })
    for (const role of ['reflection', 'embedding']) expect(refusal(withRoles({ [role]: 'gone' })).facts.path).toBe(`project.roles.${role}`)
  })
})

describe('migrations', () => {
  it('lead from version 1 to the current one without a gap', () => {
    expect(projectMigrations.map(step => step.from)).toEqual(Array.from({ length: projectSchemaVersion - 1 }, (_, index) => index + 1))
  })

  it('open a file of version 1', async () => {
    const { default: fixture } = await import('./fixtures/project-v1.json')
    const file = parseProjectFile(fixture)
    expect(file.project.name).toBe('Toy')
    expect(file.dataset?.rows).toHaveLength(2)
    expect(file.schemaVersion).toBe(projectSchemaVersion)
  })

  it('are applied in order, and only those after the version of the file', () => {
    const steps: number[] = []
    const step = (from: number) => ({
      from,
      migrate(file: JsonObject) {
        steps.push(from)
        return { ...file, schemaVersion: projectSchemaVersion }
      },
    })
    parseProjectFile({ ...asJson(toyFile(1)), schemaVersion: 1 }, [step(0), step(1), step(2)])
    expect(steps).toEqual([1, 2])
  })
})

function nested(depth: number): JsonObject {
  let value: JsonObject = {}
  for (let level = 0; level < depth; level += 1) value = { value }
  return { ...asJson(toyFile(1)), value }
}

function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], next: unknown): unknown {
  if (key === undefined) return next
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? replaceAt(item, rest, next) : item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, name === key ? replaceAt(item, rest, next) : item]))
}
