import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseProjectFile } from '@/engine/project/read-project-file'
import { parseJson, type Json } from '@/lib/json'
import { jsonLines } from '@/testing/json-lines'
import { cli, cliJson, workplace, type Workplace } from '@/testing/cli-process'

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.remove())

describe('an agent from the command line', { timeout: 240_000 }, () => {
  it('is copied from a template, scored, compiled, replayed and taken out as a folder that answers alike', async () => {
    const project = place.path('shop.json')
    expect(await cliJson(['new', '--template', 'shop-assistant', '--out', project])).toMatchObject({ rows: 100 })
    const before = await cliJson(['evaluate', '--project', project, '--lm', 'sandbox', '--split', 'test'])
    const journal = place.path('journal')
    const compiled = await cliJson([
      'compile',
      '--project',
      project,
      '--lm',
      'sandbox',
      '--optimizer',
      'gepa',
      '--journal',
      journal,
      '--out',
      place.path('compiled.json'),
    ])
    expect(compiled['status']).toBe('done')
    expect(await cliJson(['replay', '--journal', journal])).toMatchObject({ isSame: true, calls: 0 })

    const rows = place.path('rows.jsonl')
    const after = await cliJson(['evaluate', '--project', place.path('compiled.json'), '--lm', 'sandbox', '--split', 'test', '--out', rows])
    expect(Number(after['score'])).toBeGreaterThan(Number(before['score']))

    const exported = await cli(['export', '--project', place.path('compiled.json'), '--to', 'typescript', '--out', place.path('folder')])
    expect(exported.stderr).toBe('')
    mkdirSync(place.path('folder/node_modules'))
    for (const name of ['openai', '@types']) symlinkSync(`${modules}${name}`, place.path(`folder/node_modules/${name}`), 'dir')
    const known = jsonLines(readFileSync(rows, 'utf8')).slice(0, 3) as unknown as { id: string; prediction: Json }[]
    const { dataset } = parseProjectFile(JSON.parse(readFileSync(project, 'utf8')))
    const questions = known.map(({ id }) => dataset?.rows.find(row => row.id === id)?.cells['question'])
    place.write('folder/rows.json', JSON.stringify(questions.map(question => ({ question }))))
    const run = spawnSync(process.execPath, [`${modules}tsx/dist/cli.mjs`, 'main.ts', 'rows.json'], {
      cwd: place.path('folder'),
      encoding: 'utf8',
    })
    const printed = run.stdout
      .trim()
      .split('\n')
      .map(line => parseJson(line))
    expect(printed.map(line => line.ok && line.value)).toEqual(known.map(({ prediction }) => prediction))
  })

  it('says which rows ended at a bound, in the rows, the report and the summary', async () => {
    await cli(['new', '--template', 'shop-assistant', '--out', place.path('bound.json')])
    const file = parseProjectFile(JSON.parse(readFileSync(place.path('bound.json'), 'utf8')))
    const bounded = (most: number) => ({
      ...file,
      project: {
        ...file.project,
        graph: {
          ...file.project.graph,
          nodes: file.project.graph.nodes.map(node =>
            'moduleParams' in node ? { ...node, moduleParams: { ...node.moduleParams, max_iters: most } } : node,
          ),
        },
      },
    })
    const rows = place.path('bounded.jsonl')
    const evaluate = ['evaluate', '--lm', 'sandbox', '--split', 'all', '--limit', '6', '--project']
    place.write('one.json', JSON.stringify(bounded(1)))
    const report = await cliJson([...evaluate, place.path('one.json'), '--out', rows])
    expect(report['stopped']).toEqual({ 'max-iterations': 6 })
    expect(jsonLines(readFileSync(rows, 'utf8')).map(row => (row as { stopped?: Json }).stopped)).toEqual(
      Array.from({ length: 6 }, () => ['max-iterations']),
    )
    expect((await cli([...evaluate, place.path('one.json')])).stdout).toContain('Rows with a step that ended at a bound: 6 out of steps')

    place.write('twenty.json', JSON.stringify(bounded(20)))
    const free = await cliJson([...evaluate, place.path('twenty.json'), '--out', rows])
    expect(free['stopped']).toEqual({})
    expect(readFileSync(rows, 'utf8')).not.toContain('stopped')
    expect((await cli([...evaluate, place.path('twenty.json')])).stdout).not.toContain('ended at a bound')
  })

  it('says which templates there are', async () => {
    const { code, stderr, stdout } = await cli(['new', '--template', 'shop', '--out', place.path('x.json')])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/--template must be one of .*shop-assistant/)
  })
})
