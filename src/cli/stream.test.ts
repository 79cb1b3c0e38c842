import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FakeOpenAi } from '../../e2e/fake-openai'
import { csvOf, startCli, workplace, type Workplace } from '@/testing/cli-process'
import { toyProjectFile } from '@/testing/toy-project-file'
import { toyRows } from '@/testing/toy-programs'
import { startToyServer } from '@/testing/toy-server'

let place: Workplace
let server: FakeOpenAi
beforeAll(() => {
  place = workplace()
  place.write('one.json', JSON.stringify(toyProjectFile()))
  place.write('data.csv', csvOf(toyRows(3)))
})
afterAll(() => place.remove())
afterEach(() => server?.close())

const start = (line: string) => startCli([...line.split(' '), '--lm', `${server.url}#toy-1`], { cwd: place.folder, env: {} })

describe('--stream', { timeout: 60_000 }, () => {
  it('prints the outputs of one row as they come, and then what it prints anyway', async () => {
    server = await startToyServer({ answer: () => '<think>Hm.</think>[[ ## label ## ]]\nred\n\n[[ ## completed ## ]]', pieceMs: 5 })
    const { code, stdout } = await start('evaluate --project one.json --data data.csv --limit 1 --stream').done
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\(thoughts\): Hm\.\nclassify\.label: red\n/)
    expect(stdout).toContain('1 requests')
    expect(server.requests.map(({ body }) => body['stream'])).toEqual([true])
  })

  it('keeps to itself what a program reads', async () => {
    server = await startToyServer({ answer: () => '[[ ## label ## ]]\nred' })
    const { stdout, stderr } = await start('evaluate --project one.json --data data.csv --limit 1 --stream --json').done
    expect(JSON.parse(stdout)).toMatchObject({ status: 'done', calls: 1 })
    expect(stderr).toContain('classify.label: red')
  })

  it('is refused for more than one row', async () => {
    server = await startToyServer()
    const { code, stderr } = await start('evaluate --project one.json --data data.csv --stream').done
    expect(code).toBe(2)
    expect(stderr).toContain('Choose one with --limit 1')
    expect(server.count).toBe(0)
  })
})
