import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FakeOpenAi } from '../../e2e/fake-openai'
import type { Program } from '@/engine/program/program'
import type { ProjectFile } from '@/engine/project/project'
import { cli, csvOf, startCli, workplace, type CliResult, type Workplace } from '@/testing/cli-process'
import { toyProjectFile } from '@/testing/toy-project-file'
import { edge, oneStep, toyRows, twoSteps } from '@/testing/toy-programs'
import { startToyServer } from '@/testing/toy-server'

let place: Workplace
let server: FakeOpenAi
let closedPort = 0
beforeAll(async () => {
  place = workplace()
  server = await startToyServer({ requireKey: 'key-right-4711', models: ['toy-1'] })
  closedPort = await unusedPort()
  place.write('good.json', JSON.stringify(toyProjectFile()))
  place.write('data.csv', csvOf(toyRows(40)))
  place.write('foreign.csv', 'text,label\na,teal\nb,pink\nc,teal\nd,pink\n')
  place.write('empty.csv', '')
  place.write('header-only.csv', 'text,label\n')
  place.write('torn.csv', 'text,label\n"a","red"\n"b","red","too many"\n"c"\n')
  place.write('open-quote.csv', 'text,label\n"a,red\nb,green\n')
  place.write('broken.jsonl', '{"text":"a","label":"red"}\n{"text": \n')
  place.write('other-columns.csv', 'one,two\n1,2\n')
  place.write('not-json.json', '{"format": "dspy-studio-project",')
  place.write('not-project.json', '{"hello": 1}')
  project('newer.json', file => ({ ...file, schemaVersion: 99 }))
  project('cyclic.json', file => withProgram(file, cyclic()))
  project('half-wired.json', file =>
    withProgram(file, { ...oneStep(), graph: { ...oneStep().graph, edges: oneStep().graph.edges.slice(1) } }),
  )
  project('no-metric.json', file => ({ ...file, project: { ...file.project, metric: undefined } }))
  project('unknown-metric.json', file => withMetric(file, 'semantic-f2', { field: 'label' }))
  project('throws.json', file => withMetric(file, 'code', { source: '(example, prediction) => { throw new Error("bad luck") }' }))
  project('loops.json', file => withMetric(file, 'code', { source: '(example, prediction) => { while (true) {} }' }))
  project('nan.json', file => withMetric(file, 'code', { source: '(example, prediction) => 0 / 0' }))
  project('syntax.json', file => withMetric(file, 'code', { source: '(example, prediction => 1' }))
})
afterAll(async () => {
  await server.close()
  place.remove()
})

type Case = readonly [name: string, args: string, says: RegExp]
const evaluate = 'evaluate --project good.json --data data.csv'

const cases: readonly Case[] = [
  ['an unknown command', 'optimise', /no command "optimise".*compile/],
  ['an unknown flag', `${evaluate} --lm sandbox --tempo 3`, /'--tempo'/],
  ['a flag without its value', 'evaluate --project', /--project/],
  ['a word that is no flag', 'evaluate good.json', /"good\.json" was not expected/],
  ['no project', 'evaluate --lm sandbox', /--project is missing/],
  ['a project file that is not there', 'evaluate --project gone.json --lm sandbox', /no file gone\.json/],
  ['a project that is a folder', 'evaluate --project . --lm sandbox', /EISDIR|folder|directory/],
  ['a project file that is not JSON', 'evaluate --project not-json.json --lm sandbox', /not-json\.json is not JSON/],
  ['a file that is no project', 'evaluate --project not-project.json --lm sandbox', /project/],
  ['a project of a newer version', 'evaluate --project newer.json --data data.csv --lm sandbox', /newer/],
  ['a cyclic program', 'evaluate --project cyclic.json --data data.csv --lm sandbox', /circle/],
  ['a half-wired program', 'evaluate --project half-wired.json --data data.csv --lm sandbox', /Nothing feeds "text"/],
  ['a project without a metric', 'evaluate --project no-metric.json --data data.csv --lm sandbox', /metric/],
  ['no data', 'evaluate --project good.json --lm sandbox', /holds no dataset/],
  ['a data file that is not there', 'evaluate --project good.json --data gone.csv --lm sandbox', /no file gone\.csv/],
  ['an empty data file', 'evaluate --project good.json --data empty.csv --lm sandbox', /empty\.csv/],
  ['a data file without rows', 'evaluate --project good.json --data header-only.csv --lm sandbox', /no rows/],
  [
    'a CSV with malformed rows',
    'evaluate --project good.json --data torn.csv --lm sandbox',
    /2 rows could not be read; line 3 .*--skip-bad-rows/,
  ],
  ['a CSV with a quote that never ends', 'evaluate --project good.json --data open-quote.csv --lm sandbox', /open-quote\.csv.*line/],
  [
    'a JSON Lines file with a torn line',
    'evaluate --project good.json --data broken.jsonl --lm sandbox',
    /broken\.jsonl: One row could not be read; line 2/,
  ],
  [
    'columns that feed nothing',
    'evaluate --project good.json --data other-columns.csv --lm sandbox',
    /No column feeds the input "text".*one, two/,
  ],
  ['a mapped column that is not there', `${evaluate} --lm sandbox --map body=text`, /"body".*text, label/],
  ['a mapping that is none', `${evaluate} --lm sandbox --map body`, /column=field/],
  ['an unknown split', `${evaluate} --lm sandbox --split dev`, /train, val, test or all/],
  ['an empty split', `${evaluate} --lm sandbox --split test`, /no rows to score in the test split/],
  ['a limit that is not a number', `${evaluate} --lm sandbox --limit many`, /--limit must be a number/],
  ['a limit of zero', `${evaluate} --lm sandbox --limit 0`, /--limit/],
  ['a wrong --lm', `${evaluate} --lm gpt-4`, /BASE_URL#MODEL/],
  ['an --lm that is not a web address', `${evaluate} --lm ftp://host#m`, /BASE_URL#MODEL/],
  ['an --lm without a model', `${evaluate} --lm http://127.0.0.1:1/v1#`, /BASE_URL#MODEL/],
  ['a wrong price', `${evaluate} --lm http://127.0.0.1:1/v1#m --price cheap`, /--price must be two numbers/],
  ['a cap on money without a price', `${evaluate} --lm http://127.0.0.1:1/v1#m --max-cost 1`, /price of "m" is unknown.*--price/],
  ['a wrong temperature', `${evaluate} --lm http://127.0.0.1:1/v1#m --temperature hot`, /--temperature/],
  ['a key variable that is not set', `${evaluate} --lm URL#toy-1 --key-env NO_SUCH_KEY`, /NO_SUCH_KEY.*not set/],
  ['a server that is down', `${evaluate} --lm http://127.0.0.1:PORT/v1#m`, /no answer from 127\.0\.0\.1:PORT \(ECONNREFUSED\)/],
  ['a host that does not exist', `${evaluate} --lm http://no-such-host.invalid/v1#m`, /no-such-host\.invalid/],
  ['no key where one is needed', `${evaluate} --lm URL#toy-1`, /refused the key \(status 401\)/],
  ['a wrong key', `${evaluate} --lm URL#toy-1 --key-env WRONG_KEY`, /refused the key \(status 401\)/],
  ['a model that is not found', `${evaluate} --lm URL#toy-2 --key-env RIGHT_KEY`, /toy-2/],
  ['a wrong path', `${evaluate} --lm ROOT/v2#toy-1 --key-env RIGHT_KEY --limit 3`, /404/],
  ['a metric nobody knows', 'evaluate --project unknown-metric.json --data data.csv --lm sandbox', /"semantic-f2" is not known/],
  ['a metric that throws', 'evaluate --project throws.json --data data.csv --lm sandbox', /bad luck/],
  [
    'a metric that throws on a few rows',
    'evaluate --project throws.json --data data.csv --limit 3 --lm sandbox',
    /Every row failed.*bad luck/,
  ],
  [
    'a metric that loops',
    'evaluate --project loops.json --data data.csv --limit 2 --lm sandbox',
    /longer than|took too long|stopped|limit/i,
  ],
  ['a metric that returns NaN', 'evaluate --project nan.json --data data.csv --lm sandbox', /NaN/],
  ['a metric that cannot be read', 'evaluate --project syntax.json --data data.csv --lm sandbox', /metric|code/i],
  [
    'an unknown optimizer',
    'compile --project good.json --data data.csv --lm sandbox --optimizer gepa2',
    /--optimizer must be one of labeled-few-shot/,
  ],
  [
    'an unknown parameter',
    'compile --project good.json --data data.csv --lm sandbox --optimizer labeled-few-shot --params {"kk":1}',
    /no parameter "kk"; it takes k/,
  ],
  [
    'a parameter of the wrong kind',
    'compile --project good.json --data data.csv --lm sandbox --optimizer labeled-few-shot --params {"k":"x"}',
    /"k"/,
  ],
  [
    'parameters that are no JSON',
    'compile --project good.json --data data.csv --lm sandbox --optimizer labeled-few-shot --params k=1',
    /--params must be a JSON object/,
  ],
  [
    'a result with nowhere to go',
    'compile --project good.json --data data.csv --lm sandbox --optimizer labeled-few-shot --out data.csv/best.json',
    /--out/,
  ],
  [
    'a cap below one evaluation',
    'compile --project good.json --data data.csv --lm sandbox --optimizer labeled-few-shot --max-calls 5',
    /5 LM calls/,
  ],
  ['a journal that is not there', 'replay --journal nothing-here', /holds no run/],
  [
    'labels that no answer can equal',
    'evaluate --project good.json --data foreign.csv --lm sandbox',
    /labels that "label" cannot answer.*"teal" \(2\)/,
  ],
  [
    'a compile on such labels, which leaves no journal',
    'compile --project good.json --data foreign.csv --val foreign.csv --lm sandbox --optimizer labeled-few-shot --journal doomed',
    /Add them to the values of "label"/,
  ],
  ['an unknown export', 'export --project good.json --to ruby --out x', /typescript, python or dspy-json/],
  ['an unknown wording', 'export --project good.json --to python --wording mine --out x', /studio or dspy/],
  ['a signature that cannot be read', 'new --signature text=>label --out x.json', /signature|->/i],
  ['an unknown module', 'new --signature text->label --module agent --out x.json', /--module must be one of/],
  ['an unknown metric for a new project', 'new --signature text->label --metric rouge --out x.json', /--metric must be one of exact-match/],
  ['a metric of no output', 'new --signature text->label --metric exact-match:answer --out x.json', /must name an output/],
  [
    'a state file that is none',
    'evaluate --project good.json --data data.csv --state not-project.json --lm sandbox',
    /not a DSPy state file/,
  ],
]

describe('bad input', () => {
  it.concurrent.for(cases)('%s: one sentence, nothing printed, an exit code', { timeout: 60_000 }, async ([, line, says], context) => {
    const result = await runLine(line)
    const { expect } = context
    expect(result.stdout).toBe('')
    expect(result.stderr).toMatch(new RegExp(says.source.replaceAll('PORT', String(closedPort)), says.flags))
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(result.stderr).not.toMatch(/\bat .*:\d+:\d+/)
    expect(result.stderr).not.toContain('4711')
    expect(result.code).toBeGreaterThan(0)
  })

  it('leaves malformed rows out when it is told to', async () => {
    const result = await runLine('evaluate --project good.json --data torn.csv --lm sandbox --skip-bad-rows')
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toContain('"rows":1')
  })

  it('ends quietly when whoever reads has enough', async () => {
    for (const command of ['optimizers', 'help']) {
      const { process: child, done } = startCli([command])
      child.stdout?.destroy()
      expect(await done).toMatchObject({ code: 0, stderr: '' })
    }
    const { process: child, done } = startCli(['nonsense'])
    child.stderr?.destroy()
    expect(await done).toMatchObject({ code: 2, stdout: '' })
  })

  it('sends nothing for input that can be known to be wrong', async () => {
    const before = server.count
    for (const line of [
      'evaluate --project cyclic.json --data data.csv --lm URL#toy-1 --key-env RIGHT_KEY',
      `${evaluate} --lm URL#toy-1 --key-env RIGHT_KEY --split dev`,
    ])
      await runLine(line)
    expect(server.count).toBe(before)
  })
})

function runLine(line: string): Promise<CliResult> {
  const filled = line.replaceAll('URL', server.url).replaceAll('ROOT', server.url.replace('/v1', '')).replaceAll('PORT', String(closedPort))
  return cli([...filled.split(' '), '--json'], { cwd: place.folder, env: { WRONG_KEY: 'wrong', RIGHT_KEY: 'key-right-4711' } })
}

function project(name: string, change: (file: ProjectFile) => object): void {
  place.write(name, JSON.stringify(change(toyProjectFile())))
}

function withProgram(file: ProjectFile, { graph }: Program): ProjectFile {
  return { ...file, project: { ...file.project, graph } }
}

function withMetric(file: ProjectFile, kind: string, params: Record<string, string>): object {
  return { ...file, project: { ...file.project, metric: { kind, params } } }
}

function cyclic(): Program {
  const { graph, state } = twoSteps()
  return {
    state,
    graph: { ...graph, edges: [...graph.edges.filter(one => one.to.node !== 'extract'), edge('classify.label', 'extract.text')] },
  }
}

function unusedPort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
