import { existsSync, readFileSync, rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FakeFaults, FakeOpenAi, FakeOpenAiOptions } from '../../e2e/fake-openai'
import { parseProjectFile } from '@/engine/project/read-project-file'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { pythonRound } from '@/lib/stats'
import { cliJson, csvOf, jsonOf, startCli, workplace, type Workplace } from '@/testing/cli-process'
import { toyProjectFile } from '@/testing/toy-project-file'
import { toyRows, twoSteps } from '@/testing/toy-programs'
import { startToyServer, toyAnswer } from '@/testing/toy-server'

let place: Workplace
let server: FakeOpenAi | undefined
beforeAll(() => {
  place = workplace()
  place.write('one.json', JSON.stringify(toyProjectFile()))
  place.write('two.json', JSON.stringify(toyProjectFile(twoSteps())))
  place.write('data.csv', csvOf(toyRows(60)))
})
afterAll(() => place.remove())
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function serve(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
  server = await startToyServer(options)
  return server
}
/** Flags with blanks in them come after the line. */
const run = (line: string, ...more: string[]): Promise<JsonObject> => cliJson([...line.split(' '), ...more], { cwd: place.folder })
const start = (line: string, env: Record<string, string> = {}) => startCli(line.split(' '), { cwd: place.folder, env })
const lm = (): string => `${server?.url}#toy-1`
const readJson = (name: string): Json => {
  const parsed = parseJson(readFileSync(place.path(name), 'utf8'))
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

const search = '{"max_bootstrapped_demos":2,"max_labeled_demos":8,"num_candidate_programs":2}'
const evaluate = 'evaluate --project one.json --data data.csv'

describe('the command line', { timeout: 60_000 }, () => {
  it('goes from a signature to a compiled and exported program', async () => {
    const { requests } = await serve()
    const signature = ['--signature', "text -> label: Literal['red','green','blue']"]
    await run('new --module predict --metric exact-match:label --out made.json', ...signature)
    expect(parseProjectFile(readJson('made.json')).project.metric).toEqual({ kind: 'exact-match', params: { field: 'label' } })

    const onVal = `--data data.csv --split val --lm ${lm()}`
    const before = await run(`evaluate --project made.json ${onVal}`)
    const optimizer = `--optimizer bootstrap-few-shot-random-search --params ${search}`
    const compiled = await run(`compile --project made.json --data data.csv --lm ${lm()} ${optimizer} --out compiled.json`)
    expect(compiled['baseline']).toBe(before['score'])
    expect(Number(compiled['best'])).toBeGreaterThan(Number(compiled['baseline']))
    expect(compiled['trials']).toHaveLength(5)
    expect(requests.length).toBeGreaterThan(100)

    const after = await run(`evaluate --project compiled.json ${onVal}`)
    expect(after['score']).toBe(compiled['best'])
    expect(after['scores']).toEqual(compiled['scores'])

    await run('export --project compiled.json --to dspy-json --out dspy')
    const state = readJson('dspy/state.json')
    expect(isJsonObject(state) && Object.keys(state)).toEqual(['predict', 'traces', 'train', 'demos', 'signature', 'lm', 'metadata'])
    const again = await run(`evaluate --project made.json --state dspy/state.json ${onVal}`)
    expect(again['scores']).toEqual(compiled['scores'])

    await run('export --project compiled.json --data data.csv --to typescript --out ts')
    for (const name of ['package.json', 'main.ts', 'program.ts', 'program.json', 'engine.js', 'examples.json'])
      expect(existsSync(place.path(`ts/${name}`))).toBe(true)
  })

  it('makes a program with an adapter, and evaluates with it', async () => {
    const { requests } = await serve({ answer: async () => '<label>red</label>' })
    const signature = ['--signature', "text -> label: Literal['red','green','blue']"]
    await run('new --adapter xml --metric exact-match:label --out tagged.json', ...signature)
    expect(parseProjectFile(readJson('tagged.json')).project.graph.adapter).toBe('xml')
    const result = await run(`evaluate --project tagged.json --data data.csv --split val --limit 3 --lm ${lm()}`)
    expect(result['score']).toEqual(expect.any(Number))
    expect(requests).toHaveLength(3)
    expect(requests[0]?.text).toContain('<text>')
    expect(parseProjectFile(readJson('tagged.json')).project.graph.jsonFallback).toBe('once')
    const refused = await startCli(['new', '--adapter', 'yaml', '--out', 'no.json', ...signature], { cwd: place.folder }).done
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--adapter must be one of chat, json, xml') })
  })

  it('asks again for an answer that cannot be read as often as the program says, and counts it', async () => {
    const signature = ['--signature', "text -> label: Literal['red','green','blue']"]
    for (const [fallback, requests, askedAgain] of [
      ['once', 6, 3],
      ['twice', 9, 6],
      ['never', 3, 0],
    ] as const) {
      const asked = await serve({ answer: async () => 'Hard to say.' })
      await run(`new --json-fallback ${fallback} --metric exact-match:label --out asking.json`, ...signature)
      const result = await run(`evaluate --project asking.json --data data.csv --split val --limit 3 --lm ${lm()}`)
      expect(result).toMatchObject({ calls: requests, askedAgain })
      expect(asked.requests).toHaveLength(requests)
    }
    const refused = await startCli(['new', '--json-fallback', 'thrice', '--out', 'no.json', ...signature], { cwd: place.folder }).done
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--json-fallback must be one of once, twice, never') })
  })

  it('writes DSPy’s state file where --out asks for one', async () => {
    await serve()
    const onData = `--project two.json --data data.csv --lm ${lm()}`
    const compiled = await run(`compile ${onData} --optimizer labeled-few-shot --out best.state.json`)
    const state = readJson('best.state.json')
    expect(isJsonObject(state) && Object.keys(state)).toEqual(['extract', 'classify.predict', 'metadata'])
    const again = await run(`evaluate ${onData} --split val --state best.state.json`)
    expect(again['score']).toBe(compiled['best'])
  })

  it('reads every kind of data file alike, with columns matched by --map', async () => {
    await serve()
    const rows = toyRows(12).map(({ inputs, labels }) => ({ message: String(inputs['text']), truth: String(labels['label']) }))
    place.write('mapped.csv', csvOf(rows.map(row => ({ id: '', inputs: row, labels: {} }))))
    place.write('mapped.tsv', `message\ttruth\n${rows.map(row => `${row.message}\t${row.truth}`).join('\n')}\n`)
    place.write('mapped.jsonl', rows.map(row => `${JSON.stringify(row)}\n`).join(''))
    place.write('mapped.json', JSON.stringify(rows))
    const results: JsonObject[] = []
    for (const kind of ['csv', 'tsv', 'jsonl', 'json'])
      results.push(await run(`evaluate --project one.json --data mapped.${kind} --map message=text,truth=label --lm ${lm()}`))
    for (const result of results) expect(result['scores']).toEqual(results[0]?.['scores'])
    expect(results[0]?.['rows']).toBe(12)
    expect(server?.count).toBe(48)
  })

  it('scores the split and the number of rows it is asked for', async () => {
    await serve()
    const of = async (more = '') => (await run(`${evaluate} --lm ${lm()} ${more}`.trim()))['scores']
    const count = (scores: Json | undefined): number => (Array.isArray(scores) ? scores.length : -1)
    const [all, train, val, five] = [await of(), await of('--split train'), await of('--split val'), await of('--limit 5')]
    expect(count(all)).toBe(60)
    expect(count(train) + count(val)).toBe(60)
    expect(Math.min(count(train), count(val))).toBeGreaterThan(15)
    expect(Array.isArray(all) && all.slice(0, 5)).toEqual(five)
  })

  it('keeps each prediction where --out asks for it', async () => {
    await serve()
    await run(`evaluate --project two.json --data data.csv --limit 3 --lm ${lm()} --out rows.jsonl`)
    const lines = readFileSync(place.path('rows.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => parseJson(line))
    const value = { row: 0, id: 'row-1', prediction: { label: expect.any(String) }, score: expect.any(Number) }
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatchObject({ ok: true, value })
  })

  it('sends the settings, keys and prices it is given', async () => {
    const { requests } = await serve({ requireKey: 'secret-7' })
    const flags = '--temperature 0.5 --max-tokens 99 --price 1,2 --key-env TOY_KEY --concurrency 2 --json'
    const result = jsonOf(await start(`${evaluate} --limit 4 --lm ${lm()} ${flags}`, { TOY_KEY: 'secret-7' }).done)
    expect(requests.map(({ body }) => [body['temperature'], body['max_tokens']])).toEqual(Array.from({ length: 4 }, () => [0.5, 99]))
    expect(result['cost']).toBeCloseTo((Number(result['inputTokens']) + 2 * Number(result['outputTokens'])) / 1e6, 9)
    expect(server?.peak).toBeLessThanOrEqual(2)
    expect(JSON.stringify(result)).not.toContain('secret-7')
  })

  it('gives the key of one address to no other', async () => {
    await serve()
    const other = await startToyServer()
    try {
      const model = {
        id: 'other',
        label: 'Other',
        provider: 'openai-compatible',
        model: 'toy-1',
        baseUrl: other.url,
        settings: {},
      } as const
      const file = toyProjectFile()
      const state = { classify: { instructions: 'Name the colour.', demos: [], lm: 'other' } }
      const models = [{ ...model, id: 'task', baseUrl: server?.url }, model]
      const project = { ...file.project, state, models, roles: { task: 'task', prompt: 'task' } }
      place.write('mixed.json', JSON.stringify({ ...file, project }))
      const line = 'evaluate --project mixed.json --data data.csv --limit 2 --key-env TOY_KEY --json'
      expect((await start(line, { TOY_KEY: 'secret-8' }).done).code).toBe(0)
      expect(other.requests.map(({ headers }) => headers['authorization'])).toEqual([undefined, undefined])
      // With --lm every step asks the given model, also one that names its own.
      expect((await start(`${line} --lm ${lm()}`, { TOY_KEY: 'secret-8' }).done).code).toBe(0)
      expect([server?.count, other.count]).toEqual([2, 2])
      expect(server?.requests[0]?.headers['authorization']).toBe('Bearer secret-8')
    } finally {
      await other.close()
    }
  })

  it('pauses while the pause file exists', async () => {
    await serve({ latencyMs: 30 })
    const child = start(`${evaluate} --lm ${lm()} --concurrency 2 --pause-file pause --json`)
    await until(() => (server?.count ?? 0) >= 10)
    place.write('pause', '')
    let paused = 0
    await until(async () => {
      paused = server?.count ?? 0
      await sleep(400)
      return server?.count === paused
    })
    await sleep(400)
    expect(server?.count).toBe(paused)
    expect(paused).toBeLessThan(60)
    rmSync(place.path('pause'))
    expect(jsonOf(await child.done)).toMatchObject({ status: 'done', calls: 60 })
    expect(server?.count).toBe(60)
  })

  it('sends nothing when it starts with the pause file there', async () => {
    await serve()
    place.write('pause-first', '')
    const child = start(`${evaluate} --lm ${lm()} --pause-file pause-first --json`)
    await sleep(1200)
    expect(server?.count).toBe(0)
    rmSync(place.path('pause-first'))
    expect((await child.done).code).toBe(0)
  })

  it('replays a journal without a request, and names the place where a changed record leads elsewhere', async () => {
    await serve()
    const compile = `compile --project one.json --data data.csv --lm ${lm()} --optimizer bootstrap-few-shot --journal kept`
    const compiled = await run(compile)
    const { count } = server ?? { count: 0 }
    expect(compiled['calls']).toBe(count)
    await server?.close()
    const replayed = await run('replay --journal kept')
    expect(replayed).toMatchObject({
      isSame: true,
      calls: 0,
      digest: compiled['digest'],
      best: compiled['best'],
      trials: compiled['trials'],
    })
    // The same command again tells the same, also without its server.
    expect(await run(compile)).toMatchObject({ digest: compiled['digest'], calls: count, recordedCalls: expect.any(Number) })
    expect(server?.count).toBe(count)

    const calls = readFileSync(place.path('kept/calls.jsonl'), 'utf8')
    place.write('kept/calls.jsonl', calls.replaceAll('label ## ]]\\nred', 'label ## ]]\\nblue'))
    const changed = await start('replay --journal kept --json').done
    expect(changed.code).toBe(1)
    expect(jsonOf(changed)).toMatchObject({ isSame: false, calls: 0, divergence: { seq: expect.any(Number) } })
  })

  it('stops on Ctrl+C with the best kept and everything printed', async () => {
    await serve({ latencyMs: 15 })
    const optimizer = '--optimizer bootstrap-few-shot-random-search --params {"num_candidate_programs":30}'
    const child = start(`compile --project one.json --data data.csv --lm ${lm()} --concurrency 4 --json --out stopped.json ${optimizer}`)
    await until(() => (server?.count ?? 0) >= 150)
    const pressedAt = Date.now()
    // As through npm: the terminal sends it, and npm sends it on.
    child.process.kill('SIGINT')
    child.process.kill('SIGINT')
    const result = await child.done
    // Within a second where the machine is free to.
    expect(Date.now() - pressedAt).toBeLessThan(5000)
    expect(result.code).toBe(130)
    const report = jsonOf(result)
    expect(report).toMatchObject({ status: 'stopped', finish: expect.stringMatching(/^Stopped\. Kept the best/) })
    expect(Number(report['best'])).toBeGreaterThan(Number(report['baseline']))
    expect(parseProjectFile(readJson('stopped.json')).project.state['classify']?.demos.length).toBeGreaterThan(0)
  })
})

describe('what --json prints', { timeout: 60_000 }, () => {
  it('has the score as Python rounds it, and every other number as the server saw it', async () => {
    const { requests } = await serve()
    const result = await run(`${evaluate} --limit 7 --lm ${lm()}`)
    const right = await rightRows(7)
    expect(result['scores']).toEqual(right)
    expect(result['score']).toBe(pythonRound((right.reduce<number>((a, b) => a + b, 0) / 7) * 100, 2))
    expect(result).toMatchObject({ status: 'done', rows: 7, calls: 7, cachedCalls: 0, failedCalls: 0, errors: 0, unscored: 0 })
    expect(requests).toHaveLength(7)
    expect(result['tokens']).toBe(Number(result['inputTokens']) + Number(result['outputTokens']))
    expect(result['seconds']).toBeGreaterThan(0)
  })

  const faults: Record<string, FakeFaults> = {
    none: {},
    'a third refused with 429': { seed: 3, rateLimit: 0.33, retryAfterSeconds: 0.02 },
    'a fifth answered with 500': { seed: 4, serverError: 0.2 },
    'cut connections and garbage': { seed: 5, cut: 0.1, garbage: 0.1 },
    'all of it': { seed: 6, rateLimit: 0.1, retryAfterSeconds: 0.02, serverError: 0.05, cut: 0.05, garbage: 0.05 },
  }
  it.concurrent.for(Object.entries(faults))('counts the calls the server counts, with faults: %s', async ([, fault], { expect }) => {
    const own = await startToyServer({ faults: fault })
    const compile = 'compile --project one.json --data data.csv --limit 16 --optimizer bootstrap-few-shot'
    try {
      const evaluated = await run(`evaluate --project two.json --data data.csv --limit 24 --lm ${own.url}#toy-1`)
      expect(evaluated).toMatchObject({ status: 'done', calls: own.count, failedCalls: own.count - own.answered })
      const sofar = own.count
      const compiled = await run(`${compile} --lm ${own.url}#toy-1`)
      expect(compiled).toMatchObject({ status: 'done', calls: own.count - sofar })
      const undisturbed = await withoutFaults(compile)
      for (const part of ['digest', 'baseline', 'best', 'trials']) expect(compiled[part]).toEqual(undisturbed[part])
    } finally {
      await own.close()
    }
  })
})

async function withoutFaults(line: string): Promise<JsonObject> {
  const clean = await startToyServer()
  try {
    return await run(`${line} --lm ${clean.url}#toy-1`)
  } finally {
    await clean.close()
  }
}

async function rightRows(count: number): Promise<number[]> {
  const { requests } = server ?? { requests: [] }
  const rows = toyRows(count)
  return Promise.all(
    rows.map(async row => {
      const request = requests.find(({ messages }) => messages.at(-1)?.content.includes(`${String(row.inputs['text'])}\n`))
      if (!request) throw new Error(`row ${row.id} was not asked`)
      const label = /## label ## \]\]\n(\w+)/.exec(await toyAnswer(request))?.[1]
      return label === row.labels['label'] ? 1 : 0
    }),
  )
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5)
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
