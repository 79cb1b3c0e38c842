import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { echoes } from '../../../e2e/fake-echoes'
import type { FakeOpenAi } from '../../../e2e/fake-openai'
import { givesAway, spellings } from '@/testing/arbitrary-keys'
import { csvOf, startCli, workplace, type Workplace } from '@/testing/cli-process'
import { toyProjectFile } from '@/testing/toy-project-file'
import { toyRows } from '@/testing/toy-programs'
import { startToyServer, toyAnswer } from '@/testing/toy-server'

const key = 'sk-proj-Abc+d/e=fghijklmnop-4711'
let place: Workplace
let server: FakeOpenAi
beforeAll(async () => {
  place = workplace()
  place.write('one.json', JSON.stringify(toyProjectFile()))
  place.write('data.csv', csvOf(toyRows(30)))
  const ways = ['in thoughts apart', 'in a section of the answer', 'in a stream', 'in a refusal of the request']
  server = await startToyServer({
    requireKey: key,
    answer: async request => {
      const spelled = Object.values(spellings)[request.index % Object.keys(spellings).length]
      const said = spelled?.(request.headers['authorization'] ?? '') ?? ''
      return echoes[ways[request.index % ways.length] ?? '']?.(said, await toyAnswer(request)) ?? ''
    },
  })
})
afterAll(async () => {
  await server.close()
  place.remove()
})

const evaluate = (more: string, value: string) =>
  startCli(`evaluate --project one.json --data data.csv --lm ${server.url}#toy-1 --key-env TOY_KEY ${more}`.trim().split(' '), {
    cwd: place.folder,
    env: { TOY_KEY: value },
  }).done

describe('a key on the command line', { timeout: 60_000 }, () => {
  it('is neither printed nor written, whatever the server sends back', async () => {
    const { stdout, stderr } = await evaluate('--journal run1 --out rows.jsonl --json', `"${key}"\n`)
    expect(stderr).toContain('TOY_KEY: The quotation marks around the key were left out.')
    expect(server.answered).toBeGreaterThan(20)
    const files = readdirSync(place.folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    const written = files.map(file => readFileSync(join(file.parentPath, file.name), 'utf8'))
    expect(written.join('\n')).toContain('[key removed]')
    for (const text of [stdout, stderr, ...written]) expect(text.split('\n').filter(line => givesAway(line, key))).toEqual([])
  })

  it.each(['sk-ключ-4711', 'sk-abc\ndef-4711', 'sk-abc def-4711'])('is refused before anything is sent: %j', async value => {
    const before = server.count
    const { code, stdout, stderr } = await evaluate('', value)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^--key-env names TOY_KEY, which holds no usable key\. .+\n$/)
    expect(stderr).not.toContain('4711')
    expect(server.count).toBe(before)
  })
})
