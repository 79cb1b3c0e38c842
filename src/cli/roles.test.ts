import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FakeOpenAi } from '../../e2e/fake-openai'
import { parseProjectFile } from '@/engine/project/read-project-file'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'
import { cli, cliJson, csvOf, workplace, type Workplace } from '@/testing/cli-process'
import { toyProjectFile } from '@/testing/toy-project-file'
import { toyRows } from '@/testing/toy-programs'
import { startToyServer } from '@/testing/toy-server'

let place: Workplace
let server: FakeOpenAi
beforeAll(() => {
  place = workplace()
  place.write('one.json', JSON.stringify(toyProjectFile()))
  place.write('data.csv', csvOf(toyRows(60)))
})
afterAll(() => place.remove())
afterEach(() => server.close())

const run = (...args: string[]): Promise<JsonObject> => cliJson(args, { cwd: place.folder, env: { KEY_A: 'sk-a', KEY_B: 'sk-b' } })
const compile = ['compile', '--project', 'one.json', '--data', 'data.csv', '--limit', '12']
const models = (): string[] => [...new Set(server.requests.map(({ model }) => model))].sort()

describe('the flags of roles', { timeout: 60_000 }, () => {
  it('give each role its model', async () => {
    server = await startToyServer()
    const lm = (name: string): string => `${server.url}#${name}`
    const small = '{"auto":"manual","max_metric_calls":40}'
    await run(...compile, '--lm', lm('toy-1'), '--reflection-lm', lm('toy-reflects'), '--optimizer', 'gepa', '--params', small)
    expect(models()).toEqual(['toy-1', 'toy-reflects'])
    server.reset()
    await run(...compile, '--lm', lm('toy-1'), '--teacher-lm', lm('toy-teaches'), '--optimizer', 'bootstrap-few-shot')
    expect(models()).toEqual(['toy-1', 'toy-teaches'])
  })

  it('give a metric its judge, with a key and a share of the bill of its own', async () => {
    server = await startToyServer({ requireKey: 'sk-a' })
    const judge = await startToyServer({ requireKey: 'sk-b' })
    try {
      const signature = "text -> label: Literal['red','green','blue']"
      await run('new', '--signature', signature, '--metric', 'rubric-judge:The colour: is it right?', '--out', 'judged.json')
      const parsed = parseJson(readFileSync(place.path('judged.json'), 'utf8'))
      const { metric } = parseProjectFile(parsed.ok ? parsed.value : undefined).project
      expect(metric).toEqual({ kind: 'rubric-judge', params: { criteria: 'The colour: is it right?' } })
      const judged = ['compile', '--project', 'judged.json', '--data', 'data.csv', '--limit', '12', '--optimizer', 'labeled-few-shot']
      const task = ['--lm', `${server.url}#toy-1`, '--key-env', 'KEY_A', '--price', '1,2']
      const asJudge = ['--judge-lm', `${judge.url}#toy-judge`, '--judge-key-env', 'KEY_B']
      const first = await run(...judged, ...task, ...asJudge, '--journal', 'judged')
      expect(first).toMatchObject({ status: 'done', calls: server.count + judge.count, judge: { calls: judge.count } })
      expect(judge.count).toBeGreaterThan(0)
      expect(Number(first['best'])).toBeGreaterThan(Number(first['baseline']))
      const [cost, share] = [first['cost'], isJsonObject(first['judge']) ? first['judge']['cost'] : null]
      expect(Number(share)).toBeGreaterThan(0)
      expect(Number(share)).toBeLessThan(Number(cost))
      const counts = [server.count, judge.count]
      expect(await run('replay', '--journal', 'judged')).toMatchObject({ calls: 0, isSame: true, digest: first['digest'] })
      expect([server.count, judge.count]).toEqual(counts)
    } finally {
      await judge.close()
    }
  })

  it('pick demos by embeddings, and go on doing so with what was compiled', async () => {
    server = await startToyServer({ requireKey: 'sk-a' })
    const embedder = await startToyServer({ requireKey: 'sk-b' })
    try {
      const knn = ['--optimizer', 'knn-few-shot', '--params', '{"k":2,"vectorizer":"embedding"}']
      const task = ['--lm', `${server.url}#toy-1`, '--key-env', 'KEY_A']
      const embedding = ['--embedding-lm', `${embedder.url}#toy-embed`, '--embedding-key-env', 'KEY_B']
      const missing = await cli([...compile, ...task, ...knn], { cwd: place.folder, env: { KEY_A: 'sk-a' } })
      expect(missing.code).toBe(2)
      expect(missing.stderr).toMatch(/--embedding-lm BASE_URL#MODEL/)
      expect(server.count).toBe(0)

      const first = await run(...compile, ...task, ...embedding, ...knn, '--out', 'compiled.json', '--journal', 'journal')
      expect(new Set(server.requests.map(({ path }) => path))).toEqual(new Set(['/v1/chat/completions']))
      expect(new Set(embedder.requests.map(({ path }) => path))).toEqual(new Set(['/v1/embeddings']))
      const counts = [server.count, embedder.count]
      expect(first['calls']).toBe(server.count + embedder.count)
      const again = await run('replay', '--journal', 'journal')
      expect(again).toMatchObject({ calls: 0, isSame: true, digest: first['digest'] })
      expect([server.count, embedder.count]).toEqual(counts)

      const parsed = parseJson(readFileSync(place.path('compiled.json'), 'utf8'))
      const { project } = parseProjectFile(parsed.ok ? parsed.value : undefined)
      const named = Object.values(project.state)[0]?.nearest?.embedder
      expect(project.models.find(({ id }) => id === named)).toMatchObject({ model: 'toy-embed', baseUrl: embedder.url })
      expect(JSON.stringify(named)).not.toContain('127.0.0.1')

      const evaluate = ['evaluate', '--project', 'compiled.json', '--data', 'data.csv', '--split', 'val', '--limit', '12']
      const keyB = ['--embedding-key-env', 'KEY_B']
      expect(await run(...evaluate, ...task, ...keyB)).toMatchObject({ score: first['best'] })
      expect(embedder.count).toBeGreaterThan(counts[1] ?? 0)
    } finally {
      await embedder.close()
    }
  })
})
