import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startFakeOpenAi, type FakeOpenAi } from '../../e2e/fake-openai'
import { cli, jsonOf, workplace, type Workplace } from '@/testing/cli-process'
import { encodeText } from '@/testing/encoded-text'

let place: Workplace
let server: FakeOpenAi
/** What the model answers with. */
let answer = ''

beforeAll(() => {
  place = workplace()
})
afterAll(() => place.remove())
beforeEach(async () => {
  answer = 'x'
  server = await startFakeOpenAi({ answer: () => `[[ ## answer ## ]]\n${answer}\n\n[[ ## completed ## ]]` })
})
afterEach(() => server.close())

async function evaluate(signature: string, name: string, content: string | Uint8Array, ...flags: string[]) {
  writeFileSync(place.path(name), content)
  await cli(['new', '--signature', signature, '--metric', 'exact-match:answer', '--out', 'p.json'], { cwd: place.folder })
  const args = ['evaluate', '--project', 'p.json', '--data', name, '--lm', `${server.url}#m`, '--out', 'o.jsonl', '--json', ...flags]
  const result = await cli(args, { cwd: place.folder })
  const prompts = server.requests.map(({ messages }) => String(messages.at(-1)?.content))
  return { ...result, report: result.code === 0 ? jsonOf(result) : {}, prompts }
}

describe('data files as people have them', { timeout: 60_000 }, () => {
  it('feed a text with the characters of the file, and a number with a number', async () => {
    const cells = {
      version: '1.10',
      phone: '+4915112345678',
      code: '1E5',
      blob: '{"a": 1.0, "b":[ 1,2 ]}',
      flag: 'TRUE',
      id: '12345678901234567890',
      zip: '01067',
    }
    const header = [...Object.keys(cells), 'amount', 'ok', 'answer'].join(',')
    const row = [...Object.values(cells), '2.50', 'true', '1.10'].map(text => `"${text.replaceAll('"', '""')}"`).join(',')
    answer = '1.10'
    const signature = `${Object.keys(cells).join(', ')}, amount: float, ok: bool -> answer`
    const { report, prompts } = await evaluate(signature, 'cells.csv', `${header}\n${row}\n`)
    expect(report['score']).toBe(100)
    for (const [name, text] of Object.entries({ ...cells, amount: '2.5', ok: 'True' }))
      expect(prompts[0]).toContain(`[[ ## ${name} ## ]]\n${text}\n`)
  })

  it('keep integers beyond 2^53 from the file to the prompt, the answer and the metric', async () => {
    const id = '12345678901234567891'
    answer = id
    for (const [name, content] of [
      ['ids.jsonl', `{"id":${id},"answer":${id}}\n`],
      ['ids.json', `[{"id":${id},"answer":${id}}]`],
      ['ids.csv', `id,answer\n${id},${id}\n`],
    ] as const) {
      server.reset()
      const { report, prompts } = await evaluate('id: int -> answer: int', name, content)
      expect([name, report['score']]).toEqual([name, 100])
      expect(prompts[0]).toContain(`[[ ## id ## ]]\n${id}\n`)
      const [line] = readFileSync(place.path('o.jsonl'), 'utf8').split('\n')
      expect(line).toContain(id)
    }
    answer = '12345678901234567890'
    const { report } = await evaluate('id: int -> answer: int', 'ids.csv', `id,answer\n${id},${id}\n`, '--concurrency', '1')
    expect(report['score']).toBe(0)
  })

  it('are told of, where something of them is left out', async () => {
    const { report, stderr, prompts } = await evaluate(
      'question -> answer',
      'sheet.csv',
      'sep=;\r\nquestion;answer;notes\r\na;x;;\r\n;;\r\nb;x;n\r\n;;\r\n',
    )
    expect([report['score'], prompts.length]).toEqual([100, 2])
    expect(stderr).toContain('sheet.csv: left out 2 empty rows; empty cells beyond the header in 1 row.')
    server.reset()
    const nan = await evaluate(
      'question -> answer',
      'nan.json',
      '[{"question":"a","answer":"x","weight":NaN},{"question":"b","answer":"x","weight":1}]',
    )
    expect([nan.report['score'], nan.prompts.length]).toEqual([100, 2])
    expect(nan.stderr).toContain('1 value NaN')
  })

  it('are read in the encoding of their letters, told, named by hand, or refused', async () => {
    const text = 'question;answer\nWie heißt der größte Fluß in Österreich?;x\n'
    const told = await evaluate('question -> answer', 'west.csv', encodeText(text, 'windows-1252'))
    expect(told.prompts[0]).toContain('Wie heißt der größte Fluß in Österreich?')
    expect(told.stderr).toContain('Windows-1252')
    server.reset()
    const wide = await evaluate('question -> answer', 'wide.csv', encodeText(text, 'utf-16le'))
    expect(wide.prompts[0]).toContain('Wie heißt der größte Fluß in Österreich?')
    expect(wide.stderr).toContain('UTF-16 without a mark')
    server.reset()
    const bytes = new Uint8Array([...new TextEncoder().encode('question,answer\n'), 0xa6, 0x2c, 0xb8, 0xb6, 10, 0xad, 0x2c, 0xac, 10])
    const refused = await evaluate('question -> answer', 'odd.csv', bytes)
    expect([refused.code, refused.prompts.length]).toEqual([1, 0])
    expect(refused.stderr).toContain('--encoding')
    const named = await evaluate('question -> answer', 'odd.csv', bytes, '--encoding', 'latin1')
    expect(named.prompts[0]).toContain('¦')
    const unknown = await evaluate('question -> answer', 'odd.csv', bytes, '--encoding', 'klingon')
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('"klingon"')])
  })

  it('of other kinds are named before anything is asked', async () => {
    const { code, stderr, prompts } = await evaluate('question -> answer', 'rows.csv', new Uint8Array([0x50, 0x41, 0x52, 0x31, 0, 0x81, 0]))
    expect([code, prompts.length]).toEqual([1, 0])
    expect(stderr).toContain('rows.csv: This is a Parquet file')
  })
})

describe('a state file of DSPy', { timeout: 60_000 }, () => {
  it('brings its descriptions, and what it loses is said', async () => {
    await cli(['new', '--signature', 'question -> answer', '--metric', 'exact-match:answer', '--out', 'p.json'], { cwd: place.folder })
    const fields = [
      { prefix: 'Question:', description: '${question}' },
      { prefix: 'Answer:', description: 'one lower-case word' },
    ]
    const signature = { instructions: 'Answer.', fields }
    place.write('state.json', JSON.stringify({ self: { traces: [], train: [{}], demos: ['odd'], signature, lm: { model: 'bedrock/m' } } }))
    const args = ['export', '--project', 'p.json', '--state', 'state.json', '--to', 'dspy-json', '--out', 'out']
    const { code, stderr } = await cli(args, { cwd: place.folder })
    expect(code).toBe(0)
    expect(readFileSync(place.path('out/state.json'), 'utf8')).toContain('"description":"one lower-case word"')
    for (const words of ['"train"', 'One demo', 'The model of']) expect(stderr).toContain(words)
  })

  it('becomes a program of its own, and leaves it to the byte as long as nothing changes', async () => {
    const fields = [
      { prefix: 'Question:', description: '${question}' },
      { prefix: 'Reasoning:', description: '${reasoning}' },
      { prefix: 'Answer:', description: '${answer}' },
    ]
    const entry = { traces: [], train: [], demos: [], signature: { instructions: 'Answer.', fields }, lm: null }
    const text = JSON.stringify({ 'inner.gen.predict': entry, metadata: { dependency_versions: { dspy: '3.3.1' } } }, null, 1)
    place.write('saved.json', text)
    const made = await cli(['new', '--state', 'saved.json', '--out', 'made.json'], { cwd: place.folder })
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('holds no types')])
    const { code } = await cli(['export', '--project', 'made.json', '--to', 'dspy-json', '--out', 'back'], { cwd: place.folder })
    expect([code, readFileSync(place.path('back/state.json'), 'utf8')]).toEqual([0, text])
    const whole = await cli(['new', '--state', 'program.pkl', '--out', 'made.json'], { cwd: place.folder })
    expect([whole.code, whole.stderr]).toEqual([1, expect.stringContaining('only Python can open it')])
  })
})
