import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineError } from '@/engine/base/errors'
import { parseJson, type Json, type JsonObject } from '@/lib/json'
import { toyFile, toyProject } from '@/testing/toy-project'
import { jsonFallbackOf } from '../program/json-fallback'
import { projectMigrations } from './migrations/registry'
import { projectSchemaVersion, type Project } from './project'
import { readProject } from './read-project'
import { parseProjectFile, readProjectFile } from './read-project-file'

/** As it comes from a file: what was undefined is gone. */
function asJson(value: unknown): JsonObject {
  const result = parseJson(JSON.stringify(value))
  if (!result.ok) throw new Error(result.reason)
  return result.value as JsonObject // It was an object before.
}

function refusal(json: unknown, reader: (json: unknown) => unknown = parseProjectFile): EngineError {
  try {
    reader(json)
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

  it('keeps adapters, one it does not know among them', () => {
    const file = asJson(toyFile(1))
    const project = asJson(file.project)
    const graph = asJson(project.graph)
    const withGraph = (changes: object) => ({ ...file, project: { ...project, graph: { ...graph, ...changes } } })
    const nodes = (graph.nodes as readonly JsonObject[]).map(node => (node.kind === 'signature' ? { ...node, adapter: 'json' } : node))
    expect(asJson(parseProjectFile(withGraph({ adapter: 'xml', nodes })).project.graph)).toEqual({ ...graph, adapter: 'xml', nodes })
    expect(parseProjectFile(withGraph({ adapter: 'yaml' })).project.graph.adapter).toBe('yaml')
  })

  it('keeps how often a program asks again, adds no choice to one without, and refuses one it does not know', () => {
    const file = asJson(toyFile(1))
    const project = asJson(file.project)
    const graph = asJson(project.graph)
    const withGraph = (changes: object) => ({ ...file, project: { ...project, graph: { ...graph, ...changes } } })
    for (const jsonFallback of ['once', 'never'])
      expect(parseProjectFile(withGraph({ jsonFallback })).project.graph).toEqual({ ...graph, jsonFallback })
    const { graph: read } = parseProjectFile(file).project
    expect(read).not.toHaveProperty('jsonFallback')
    expect(jsonFallbackOf(read)).toBe('twice')
    const error = refusal(withGraph({ jsonFallback: 'often' }))
    expect(error.code).toBe('project-invalid')
    expect(error.facts.path).toBe('project.graph.jsonFallback')
  })

  it('reads whether tools are called through an API; a file that says nothing does without', () => {
    const file = asJson(toyFile(1))
    const project = asJson(file.project)
    const withGraph = (own: object) => ({ ...file, project: { ...project, graph: { ...asJson(project.graph), ...own } } })
    expect(parseProjectFile(withGraph({ nativeTools: true })).project.graph.nativeTools).toBe(true)
    expect(parseProjectFile(file).project.graph).not.toHaveProperty('nativeTools')
    expect(refusal(withGraph({ nativeTools: 'yes' })).facts.path).toBe('project.graph.nativeTools')
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

/** Ways in which another version, another program or an accident makes a project that this version cannot take. */
const foreign: readonly (readonly [name: string, change: (project: Project) => object, code: string, words: RegExp])[] = [
  ['a later version', project => ({ ...project, schemaVersion: 99 }), 'project-newer', /newer version.*Update/],
  ['no version', ({ schemaVersion: _gone, ...project }) => project, 'project-invalid', /schemaVersion is not a version/],
  [
    'an unknown type',
    project => withFields(project, fields => fields.map(field => ({ ...field, type: { kind: 'tensor' } }))),
    'project-invalid',
    /is not a type of field/,
  ],
  [
    'an instruction of 20 MB',
    project => ({ ...project, state: { classify: { instructions: 'x'.repeat(20_000_000), demos: [] } } }),
    'project-invalid',
    /instructions is 20,000,000 characters long, and at most 1,000,000/,
  ],
  ['a name of 20 MB', project => ({ ...project, name: 'x'.repeat(20_000_000) }), 'project-invalid', /name is 20,000,000 characters long/],
  [
    'settings of 20 MB',
    project => ({ ...project, metric: { kind: 'code', params: { source: 'x'.repeat(20_000_000) } } }),
    'project-invalid',
    /metric.params holds a text longer/,
  ],
  [
    'two nodes of one id',
    project => ({ ...project, graph: { ...project.graph, nodes: [...project.graph.nodes, project.graph.nodes[0]] } }),
    'project-invalid',
    /two nodes with the same id/,
  ],
  [
    'two fields of one id',
    project => withFields(project, fields => [...fields, ...fields]),
    'project-invalid',
    /two fields with the same id/,
  ],
  [
    'two wires of one id',
    project => ({ ...project, graph: { ...project.graph, edges: [...project.graph.edges, project.graph.edges[0]] } }),
    'project-invalid',
    /two wires with the same id/,
  ],
  [
    'two models of one id',
    project => ({ ...project, models: [...project.models, ...project.models] }),
    'project-invalid',
    /two models with the same id/,
  ],
  ['no object', () => [], 'project-invalid', /./],
]

function withFields(project: Project, change: (fields: readonly object[]) => readonly object[]): object {
  const nodes = project.graph.nodes.map(node => ({ ...node, fields: change(node.fields) }))
  return { ...project, graph: { ...project.graph, nodes } }
}

describe.each(foreign)('a project with %s', (_name, change, code, words) => {
  it('is refused with a sentence, in a file and in the store', () => {
    const project = change(toyProject())
    const stored = refusal(project, readProject)
    expect(stored.code).toBe(code)
    expect(stored.message).toMatch(words)
    expect(stored.message.length).toBeLessThan(400)
    const version = code === 'project-newer' ? { schemaVersion: 99 } : {}
    const inFile = refusal({ ...toyFile(1), project, ...version })
    expect(inFile.code).toBe(code)
    expect(inFile.message.length).toBeLessThan(400)
  })
})

describe('readProject', () => {
  it('takes a stored project of every version, and keeps what it does not know', async () => {
    expect(readProject(toyProject())).toEqual(toyProject())
    const { default: fixture } = await import('./fixtures/project-v1.json')
    expect(readProject(fixture.project)).toEqual(parseProjectFile(fixture).project)
    const later = { ...toyProject(), addedLater: { kept: true } }
    expect(readProject(later)).toEqual(later)
  })

  it('takes a project that names a module, a metric or an optimizer of another version: it can be shown', () => {
    const { graph, ...project } = toyProject()
    const nodes = graph.nodes.map(node => (node.kind === 'signature' ? { ...node, module: 'tree-of-thought' } : node))
    const named = { ...project, graph: { ...graph, nodes }, metric: { kind: 'bleu', params: {} }, optimizer: { id: 'evo', params: {} } }
    expect(readProject(named)).toEqual(named)
  })

  it('calls a record that a migration cannot take unreadable, instead of failing', () => {
    const broken = {
      from: 1,
      migrate(file: JsonObject): JsonObject {
        throw new TypeError(`reading ${String(file.gone)}`)
      },
    }
    expect(refusal({ ...asJson(toyFile(1)), schemaVersion: 1 }, json => parseProjectFile(json, [broken])).message).toContain(
      'is not what version 1 wrote',
    )
  })

  it('survives whatever is in place of a value', () => {
    const project = asJson(toyProject())
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(project)), fc.jsonValue(), (path, value) => {
        try {
          readProject(replaceAt(project, path, value))
        } catch (error) {
          if (!(error instanceof EngineError)) throw error
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('two columns or rows of one id', () => {
  it('are refused', () => {
    const { dataset, ...file } = toyFile(2)
    if (!dataset) throw new Error('rows')
    const columns = [...dataset.columns, ...dataset.columns]
    expect(refusal(asJson({ ...file, dataset: { ...dataset, columns } })).message).toContain('two columns with the same id')
    expect(refusal(asJson({ ...file, dataset: { ...dataset, rows: [...dataset.rows, ...dataset.rows] } })).message).toContain('two rows')
  })
})

describe('roles', () => {
  it('may be left open, and name models of the project where they are not', () => {
    const file = toyFile(1)
    const [model] = file.project.models
    if (!model) throw new Error('a model')
    const withRoles = (roles: object) => asJson({ ...file, project: { ...file.project, roles: { ...file.project.roles, ...roles } } })
    expect(parseProjectFile(withRoles({ reflection: model.id, judge: model.id, embedding: model.id })).project.roles).toMatchObject({
      judge: model.id,
      embedding: model.id,
    })
    for (const role of ['reflection', 'judge', 'embedding'])
      expect(refusal(withRoles({ [role]: 'gone' })).facts.path).toBe(`project.roles.${role}`)
  })
})

describe('what is not as it was in a file', () => {
  it('is told, property by property and record by record', () => {
    const file = asJson(toyFile(3))
    const project = asJson(file.project)
    const dataset = asJson(file.dataset)
    const rows = (dataset['rows'] as readonly JsonObject[]).map((row, at) => (at === 1 ? { ...row, cells: 7 } : row))
    const columns = (dataset['columns'] as readonly JsonObject[]).map((column, at) =>
      at === 0 ? { ...column, name: 'te\nxt\u202e' } : column,
    )
    const { file: read, remarks } = readProjectFile({
      ...file,
      flavour: 1,
      project: { ...project, later: { a: 1 }, graph: { ...asJson(project['graph']), deep: true } },
      dataset: { ...dataset, rows, columns, units: 'kg' },
      versions: [...(file['versions'] as readonly Json[]), { id: 'broken' }],
    })
    expect(remarks).toEqual([
      expect.stringMatching(/^Damaged rows were left out: 2 \(cells/),
      expect.stringMatching(/^Damaged versions were left out: 2 \(/),
      '2 properties are not known to this version; kept, and without effect here: project.graph.deep and project.later.',
      '2 properties are not known to this version, and left out: dataset.units and flavour.',
      'Names that held line breaks or hidden characters are renamed: "te xt".',
    ])
    expect(read.dataset?.rows.map(({ id }) => id)).toEqual(['row_0', 'row_2'])
    expect(read.project).toMatchObject({ later: { a: 1 }, graph: { deep: true } })
    expect(readProjectFile(asJson(toyFile(3))).remarks).toEqual([])
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
