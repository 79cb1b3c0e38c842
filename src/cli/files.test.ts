import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startFakeOpenAi, type FakeOpenAi, type FakeRequest } from '../../e2e/fake-openai'
import { blobRefsIn } from '@/engine/blobs/blob-ref'
import { listBlobEntries } from '@/engine/blobs/blob-entry'
import { parseProjectFile } from '@/engine/project/read-project-file'
import { sha256OfBytes } from '@/lib/hash'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { cli, cliJson, jsonOf, startCli, workplace, type Workplace } from '@/testing/cli-process'
import { look, pictureOf, pictureRows, pictures } from '@/testing/toy-pictures'
import { toyLabelOf, toyWords } from '@/testing/toy-programs'
import { toyProjectFile } from '@/testing/toy-project-file'

let place: Workplace
let server: FakeOpenAi | undefined
beforeAll(async () => {
  place = workplace()
  const file = toyProjectFile()
  const columns = [
    { id: 'c1', name: 'text', type: 'json' as const },
    { id: 'c2', name: 'label', type: 'str' as const },
  ]
  const rows = pictureRows(40).map(({ id, inputs, labels }) => ({ id, cells: { c1: inputs['text'] ?? null, c2: labels['label'] ?? null } }))
  const [text, label] = [file.project.graph.nodes[0]?.fields[0]?.id ?? '', file.project.graph.nodes.at(-1)?.fields[0]?.id ?? '']
  const project = { ...file.project, mapping: { inputs: { [text]: 'c1' }, labels: { [label]: 'c2' } } }
  const whole = { ...file, project, dataset: { name: 'Pictures', columns, rows } }
  place.write('pictures.json', JSON.stringify({ ...whole, blobs: await listBlobEntries(pictures, whole) }))
})
afterAll(() => place.remove())
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function serve(answer: (request: FakeRequest) => string | Promise<string> = look): Promise<string> {
  server = await startFakeOpenAi({ answer })
  return `${server.url}#toy-1`
}
const run = (line: string): Promise<JsonObject> => cliJson(line.split(' '), { cwd: place.folder })
const read = (name: string): Json => {
  const parsed = parseJson(readFileSync(place.path(name), 'utf8'))
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

describe('a project with images on the command line', { timeout: 120_000 }, () => {
  it('is evaluated, compiled, and handed on with the images that its demos show', async () => {
    const lm = await serve()
    expect(await run(`evaluate --project pictures.json --split all --lm ${lm}`)).toMatchObject({ score: 100, errors: 0 })
    const params = '{"max_bootstrapped_demos":2,"max_labeled_demos":2}'
    await run(`compile --project pictures.json --optimizer bootstrap-few-shot --params ${params} --lm ${lm} --out compiled.json`)
    const { blobs, project } = parseProjectFile(read('compiled.json'))
    expect(blobRefsIn(project.state).length).toBeGreaterThan(0)
    expect(blobs).toHaveLength(toyWords.length)
    expect(await run(`evaluate --project compiled.json --split all --lm ${lm}`)).toMatchObject({ score: 100 })

    await run('export --project compiled.json --to typescript --out folder')
    const program = read('folder/program.json')
    const named = new Set(blobRefsIn(program, read('folder/examples.json')).map(({ $blob }) => $blob))
    const entries = isJsonObject(program) && Array.isArray(program['blobs']) ? program['blobs'] : []
    expect(new Set(entries.map(entry => isJsonObject(entry) && entry['$blob']))).toEqual(named)

    await run('export --project compiled.json --to dspy-json --out dspy')
    const state = readFileSync(place.path('dspy/state.json'), 'utf8')
    expect(state).toContain('<<CUSTOM-TYPE-START-IDENTIFIER>>[{\\"type\\": \\"image_url\\"')
    await run(
      `compile --project pictures.json --state dspy/state.json --optimizer labeled-few-shot --params {"k":1} --lm ${lm} --out again.json`,
    )
    await run('export --project pictures.json --state dspy/state.json --to dspy-json --out twice')
    expect(readFileSync(place.path('twice/state.json'), 'utf8')).toBe(state)
  })

  it('keeps each image once in the journal, and goes on from there after a kill', async () => {
    const lm = await serve()
    const line = `evaluate --project pictures.json --split all --concurrency 1 --lm ${lm} --journal journal`
    const whole = await run(`evaluate --project pictures.json --split all --concurrency 1 --lm ${lm}`)
    const before = server?.count ?? 0
    const killed = startCli(line.split(' '), { cwd: place.folder })
    await expect.poll(() => (server?.count ?? 0) - before, { timeout: 60_000, interval: 2 }).toBeGreaterThan(2)
    killed.process.kill('SIGKILL')
    await killed.done
    const files = readdirSync(place.path('journal/blobs'))
    expect(files.toSorted()).toEqual([...pictureOf.values()].map(({ $blob }) => $blob).toSorted())
    for (const name of files) expect(sha256OfBytes(readFileSync(place.path(`journal/blobs/${name}`)))).toBe(name)
    // As a disk may leave it: the next start puts it right from the project.
    writeFileSync(place.path(`journal/blobs/${files[0]}`), 'spoilt')
    expect(await run(line)).toMatchObject({ status: 'done', score: 100, digest: whole['digest'] })
    expect((server?.count ?? 0) - before).toBeLessThanOrEqual(toyWords.length + 1)
    expect(readFileSync(place.path('journal/calls.jsonl'), 'utf8')).not.toContain('base64')
  })

  it('says which images are damaged or missing, and runs the other rows', async () => {
    const lm = await serve()
    const file = read('pictures.json')
    if (!isJsonObject(file) || !Array.isArray(file['blobs'])) throw new Error('no blobs')
    const [first, second, ...others] = file['blobs']
    const damaged = isJsonObject(first) ? { ...first, data: 'AAAA' } : null
    expect(second).toBeDefined()
    place.write('damaged.json', JSON.stringify({ ...file, blobs: [damaged, ...others] }))
    const result = await cli(`evaluate --project damaged.json --split all --lm ${lm} --json`.split(' '), { cwd: place.folder })
    expect(result.stderr).toMatch(/^2 files of this project are missing or damaged: image\/png, \d+ B/m)
    const report = jsonOf(result)
    expect(report).toMatchObject({ status: 'done', score: 100 })
    expect(report['unscored']).toBeGreaterThan(0)
    expect(JSON.stringify(report['failures'])).toContain('blob-missing')
    expect(server?.count).toBe(toyWords.length - 2)
  })

  it('takes images beside a data file, as data: URLs and from the web, and says which row has none', async () => {
    const lm = await serve()
    const site = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from('picture of blin'))
    })
    await new Promise<void>(resolve => site.listen(0, '127.0.0.1', resolve))
    const { port } = site.address() as AddressInfo
    mkdirSync(place.path('shots'), { recursive: true })
    const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.from('picture of zorp')])
    writeFileSync(place.path('shots/one.png'), png)
    const data = `data:image/png;base64,${Buffer.from('picture of quax').toString('base64')}`
    const rows = [
      ['shots/one.png', toyLabelOf('zorp')],
      [`http://127.0.0.1:${port}/blin.png`, toyLabelOf('blin')],
      [`"${data}"`, toyLabelOf('quax')],
    ]
    place.write('shots.csv', `photo,label\n${rows.map(row => row.join(',')).join('\n')}\n`)
    const signature = "photo: dspy.Image -> label: Literal['red','green','blue']"
    await cliJson(['new', '--signature', signature, '--metric', 'exact-match:label', '--out', 'look.json'], { cwd: place.folder })
    expect(await run(`evaluate --project look.json --data shots.csv --lm ${lm}`)).toMatchObject({ score: 100, rows: 3 })
    expect(server?.requests.every(({ text }) => text.includes('"type":"image_url","image_url":{"url":"data:image/png;base64,'))).toBe(true)
    site.close()
    place.write('bad.csv', 'photo,label\nshots/one.png,red\nshots/two.png,red\n')
    const bad = await cli(`evaluate --project look.json --data bad.csv --lm ${lm}`.split(' '), { cwd: place.folder })
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('bad.csv, row 2: "shots/two.png" is not an image') })
    const drawn = await cli(['new', '--signature', 'q -> photo: dspy.Image', '--out', 'x.json'], { cwd: place.folder })
    expect(drawn.stderr).toContain('cannot write one')
  })
})
