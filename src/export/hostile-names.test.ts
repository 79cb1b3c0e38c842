import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { parseAst } from 'vite'
import { describe, expect, it } from 'vitest'
import { predictorsOf } from '@/engine/graph/predictors'
import { userSources } from '@/engine/graph/user-sources'
import type { Program } from '@/engine/program/program'
import { reservedNames } from '@/lib/reserved-names'
import type { FieldType } from '@/engine/signature/types/field-type'
import { typeName } from '@/engine/signature/type-name'
import { parseJson, type Json } from '@/lib/json'
import { asLine, isOneLine } from '@/lib/line-text'
import { pythonJson, pythonRepr } from '@/lib/python-text'
import { csvLine } from '@/lib/tabular/csv-text'
import { readTable } from '@/lib/tabular/table-reader'
import { codeProgram } from '@/testing/code-program'
import { hostileNames } from '@/testing/hostile-names'
import { toyProject } from '@/testing/toy-project'
import { agentStep, lookupTool, oneStep } from '@/testing/toy-programs'
import { codeModule } from './code-module'
import { markdownCode, markdownText } from './markdown-text'
import { scriptComment, scriptName, scriptString } from './script-text'
import { dspyStateText } from './to-dspy-json'
import { exportTypeScript } from './to-typescript'
import { typeScriptType } from './typescript-types'
import type { ExportedFile } from './zip'

const runs = { numRuns: 300 }

describe('text as TypeScript', () => {
  it('is the literal of that very text, in one line', () => {
    fc.assert(
      fc.property(hostileNames, text => {
        const code = scriptString(text)
        expect(isOneLine(code)).toBe(true)
        expect(code).not.toContain('</script')
        expect(code).not.toContain('<!--')
        expect(literalsOf(`const a = ${code}`)).toEqual([text])
      }),
      runs,
    )
  })

  it('is a name of a property, and of one only', () => {
    fc.assert(
      fc.property(hostileNames, name => {
        const code = `interface A { ${scriptName(name)}: 1 }\nconst b = { ${scriptName(name)}: 1 }`
        expect(parsed(code).body).toHaveLength(2)
        const keys = nodesOf(code).flatMap(({ key }) => (isNode(key) ? [key['name'] ?? key['value']] : []))
        expect(keys).toEqual([name, name])
      }),
      runs,
    )
  })

  it('stays inside its comment', () => {
    fc.assert(
      fc.property(hostileNames, text => {
        const code = `/** ${scriptComment(text)} */\nconst a = 1\n// ${scriptComment(text)}\nconst b = 2`
        expect(parsed(code).body).toHaveLength(2)
      }),
      runs,
    )
  })

  it('is the type that was meant, whatever its options and keys', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hostileNames, { minLength: 1, maxLength: 4 }), names => {
        const keys = names.filter(name => !reservedNames.has(name))
        const list: FieldType = { kind: 'list', of: { kind: 'enum', values: names } }
        const type: FieldType = { kind: 'object', fields: Object.fromEntries(keys.map(key => [key, list])) }
        const code = `type A = ${typeScriptType(type)}`
        expect(parsed(code).body).toHaveLength(1)
        expect(literalsOf(code)).toEqual(Object.keys(type.fields).flatMap(key => [key, ...names]))
      }),
      runs,
    )
  })
})

describe('an exported program with foreign texts everywhere', () => {
  it('has the statements of a plain one, and its README the lines', () => {
    const plain = shapeOf(exported(renamed(codeProgram(), { title: 'Plain', text: 'plain', suffix: '' }), 'Plain', 'plain'))
    fc.assert(
      fc.property(hostileNames, hostileNames, (name, text) => {
        const title = asLine(text).trim() || 'x'
        expect(shapeOf(exported(renamed(codeProgram(), { title, text, suffix: text }), name, text))).toEqual(plain)
      }),
      { numRuns: 60 },
    )
  })

  it('has its functions under their ids, none of which runs anything, and says where the key goes', async () => {
    const tool = { ...lookupTool, desc: 'plain' }
    const programs = [codeProgram(), oneStep('best-of-n', {}, { N: 3, reward: '() => 1' }), agentStep({}, { tools: [tool] })]
    await fc.assert(
      fc.asyncProperty(hostileNames, hostileNames, fc.constantFrom(...programs), async (name, text, program) => {
        const title = asLine(text).trim() || 'x'
        const hostile = renamed(program, { title, text, suffix: text })
        const described = {
          ...hostile,
          graph: {
            ...hostile.graph,
            nodes: hostile.graph.nodes.map(node =>
              node.kind === 'signature' && node.module === 'react' ? { ...node, moduleParams: { tools: [{ ...tool, desc: text }] } } : node,
            ),
          },
        }
        const files = exported(described, name, text)
        const code = files.find(({ path }) => path === 'code.js')?.text ?? ''
        const loaded: { code: Record<string, unknown> } = await import(
          /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
        )
        expect(Object.keys(loaded.code).toSorted()).toEqual(
          userSources(described.graph)
            .map(({ id }) => id)
            .toSorted(),
        )
        expect(Object.values(loaded.code).every(one => typeof one === 'function')).toBe(true)
        const readme = files.find(({ path }) => path === 'README.md')?.text ?? ''
        expect(readme.split('\n').filter(line => line.startsWith('The key is sent to `'))).toHaveLength(1)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps a function whose id has a meaning of its own', async () => {
    const { graph } = codeProgram()
    const [source] = userSources(graph)
    if (!source) throw new Error('no source')
    const code = codeModule([{ ...source, id: '__proto__' }])
    const loaded: { code: Record<string, unknown> } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)
    expect(Object.keys(loaded.code)).toEqual(['__proto__'])
  })

  it('is not written at all where a name is none', () => {
    const noName = hostileNames.filter(name => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
    fc.assert(
      fc.property(noName, name => {
        const { graph, state } = oneStep()
        const nodes = graph.nodes.map(node => ({
          ...node,
          fields: node.fields.map((field, at) => (at === 0 ? { ...field, name } : field)),
        }))
        const program = { graph: { ...graph, nodes }, state }
        expect(() => exported(program, 'a', 'b')).toThrow(/name|word|meaning/i)
        expect(() => dspyStateText(program)).toThrow(/name|word|meaning/i)
      }),
      { numRuns: 100 },
    )
  })

  it('is a JSON state that reads back', () => {
    fc.assert(
      fc.property(hostileNames, text => {
        const program = renamed(oneStep(), { title: asLine(text).trim() || 'x', text, suffix: '' })
        const demo = { text, label: text }
        const state = Object.fromEntries(predictorsOf(program.graph).map(({ id }) => [id, { instructions: text, demos: [demo] }]))
        const read = parseJson(dspyStateText({ ...program, state }))
        expect(JSON.stringify(read)).toContain(JSON.stringify([demo]))
      }),
      { numRuns: 100 },
    )
  })
})

describe('text as Markdown', () => {
  it('is one line in which nothing is marked', () => {
    fc.assert(
      fc.property(hostileNames, text => {
        const line = markdownText(text)
        expect(isOneLine(line)).toBe(true)
        expect(line.replaceAll(escaped, 'x')).not.toMatch(/[`*_[\]<>|~&$\\]|:\/\/|^[#+=-]|^\d+[.)]/)
        expect(line.replaceAll(escaped, '$1')).toBe(asLine(text))
      }),
      runs,
    )
  })

  it('is code between fences that it does not close', () => {
    fc.assert(
      fc.property(hostileNames, text => {
        const code = markdownCode(text)
        const [fence = ''] = /^`+/.exec(code) ?? []
        const inside = code.slice(fence.length, -fence.length)
        expect(code.endsWith(fence)).toBe(true)
        expect([...inside.matchAll(/`+/g)].some(([run]) => run.length === fence.length)).toBe(false)
        expect(inside.trim()).toBe(asLine(text).trim())
      }),
      runs,
    )
  })
})
const escaped = /\\([!-/:-@[-`{-~])/g

describe('text as CSV', () => {
  it('comes back cell by cell, and no cell is a formula', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileNames, { minLength: 2, maxLength: 4 }), async cells => {
        const rows: Json[][] = []
        const head = cells.map((_, at) => `c${at}`)
        await readTable(csvLine(head) + csvLine(cells), { format: 'csv', onRows: read => void rows.push(...read) })
        const back = rows[0]?.map(cell => (cell === null ? '' : String(cell))) ?? []
        for (const [at, cell] of cells.entries()) {
          const written = back[at] ?? ''
          expect([cell, `'${cell}`]).toContain(written)
          expect(written).not.toMatch(/^\s*[=+\-@＝＋－＠]/)
        }
      }),
      { numRuns: 150 },
    )
  })
})

const python = ['python3', 'python'].find(name => spawnSync(name, ['--version']).status === 0)

describe.skipIf(python === undefined)('text as Python', () => {
  it('is the literal of that very text, also in JSON and in the name of a type', { timeout: 60_000 }, () => {
    const texts = fc.sample(hostileNames, { numRuns: 400, seed: 7 })
    const program = [
      'import ast, json, sys',
      'out = []',
      'for code, dumped, type in json.load(sys.stdin):',
      '    tree = ast.parse(type, mode="eval").body',
      '    out.append([ast.literal_eval(code), json.loads(dumped), ast.literal_eval(tree.slice)])',
      'print(json.dumps(out))',
    ].join('\n')
    const input = texts.map(text => [pythonRepr({ [text]: [text] }), pythonJson([text]), typeName({ kind: 'enum', values: [text] })])
    const { stdout, stderr } = spawnSync(python ?? '', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 1e8 })
    expect(stderr).toBe('')
    const read = parseJson(stdout)
    expect(read.ok && read.value).toEqual(texts.map(text => [{ [text]: [text] }, [text], text]))
  })
})

interface SyntaxNode {
  readonly type: string
  readonly [part: string]: unknown
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** Throws where it does not compile. */
function parsed(code: string): { readonly body: readonly unknown[] } {
  return parseAst(code, { lang: 'ts' })
}

/** Every node of the syntax, in the order of the text. */
function nodesOf(code: string): readonly SyntaxNode[] {
  const found: SyntaxNode[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isNode(value)) return
    found.push(value)
    Object.values(value).forEach(visit)
  }
  visit(parsed(code).body)
  return found
}

function literalsOf(code: string): readonly unknown[] {
  return nodesOf(code).flatMap(({ type, value }) => (type === 'Literal' && typeof value === 'string' ? [value] : []))
}

interface Renaming {
  readonly title: string
  readonly text: string
  /** Behind every id: a file may give a node any. */
  readonly suffix: string
}

function renamed({ graph, state }: Program, { title, text, suffix }: Renaming): Program {
  const nodes = graph.nodes.map((node, at) => ({
    ...node,
    id: node.id + suffix,
    name: `${title} ${at}`,
    fields: node.fields.map(field => ({ ...field, desc: text })),
  }))
  const edges = graph.edges.map(edge => ({
    ...edge,
    from: { ...edge.from, node: edge.from.node + suffix },
    to: { ...edge.to, node: edge.to.node + suffix },
  }))
  const learned = Object.entries(state).map(([id, one]) => [id + suffix, { ...one, instructions: text }] as const)
  return { graph: { ...graph, nodes, edges }, state: Object.fromEntries(learned) }
}

function exported(program: Program, name: string, text: string): readonly ExportedFile[] {
  const [task] = toyProject().models
  if (!task) throw new Error('a model')
  const foreign = { provider: 'openai-compatible' as const, label: text, model: text, baseUrl: `https://a.example/${text}` }
  const other = { ...task, ...foreign, id: 'other', baseUrl: `https://b.example/${text}` }
  return exportTypeScript({
    name,
    program,
    models: { task: { ...task, ...foreign }, overrides: { other } },
    metric: { kind: 'rubric-judge', params: { criteria: `x${text}` } },
    examples: [{ id: text, inputs: { text }, labels: { [text]: text } }],
    blobs: [{ $blob: text, mime: text, data: text }],
    engine: '',
  })
}

/** What of the files does not depend on names: kinds of syntax, how many lines, how each begins. */
function shapeOf(files: readonly ExportedFile[]): unknown {
  return files.map(({ path, text }) => {
    if (path.endsWith('.json')) return [path, parseJson(text).ok]
    // Declarations hold no foreign text.
    if (path.endsWith('.d.ts')) return [path, text]
    if (!/\.[jt]s$/.test(path))
      return [path, text.split(/\r\n|[\n\r\u2028\u2029\u0085]/).map(line => (/^(?:[#|]|```|- )/.exec(line) ?? [''])[0])]
    // A name of a property may have to stand in quotation marks.
    const kinds = nodesOf(text).flatMap(({ type }) => (type === 'Identifier' || type === 'Literal' ? [] : [type]))
    return [path, kinds]
  })
}
