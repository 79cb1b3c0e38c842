import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseProjectFile } from '@/engine/project/read-project'
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
      ...['compile', '--project', project, '--lm', 'sandbox', '--optimizer', 'gepa'],
      ...['--journal', journal, '--out', place.path('compiled.json')],
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

  it('says which templates there are', async () => {
    const { code, stderr, stdout } = await cli(['new', '--template', 'shop', '--out', place.path('x.json')])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/--template must be one of .*shop-assistant/)
  })
})
