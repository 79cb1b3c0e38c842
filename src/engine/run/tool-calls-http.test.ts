import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { isToolKey } from '@/engine/lm/kept/tool-call'
import type { HttpTool } from '@/engine/tools/http-tool'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import { memoryDisk, memoryPorts, type MemoryDisk } from '@/testing/memory-ports'
import { scriptedLm } from '@/testing/scripted-lm'
import { oneStep } from '@/testing/toy-programs'
import { finish, start, toyRun } from '@/testing/toy-run'
import { startToolServer, testToolHost } from '@/testing/tool-host'
import type { Lm } from '@/engine/lm/lm'
import type { RunPorts } from './base/ports'
import { replayRun } from './replay'

type Server = Awaited<ReturnType<typeof startToolServer>>
let server: Server
let answer: Parameters<typeof startToolServer>[0]
beforeEach(async () => {
  answer = (_seen, count) => ({ body: JSON.stringify({ colour: `red ${count}` }) })
  server = await startToolServer((seen, count) => answer(seen, count))
})
afterEach(() => server.close())

const blocks = (values: Readonly<Record<string, string>>): string =>
  [...Object.entries(values).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}`), '[[ ## completed ## ]]'].join('\n\n')
const turn = (tool: string, args: JsonObject = {}): string =>
  blocks({ next_thought: 'On.', next_tool_name: tool, next_tool_args: JSON.stringify(args) })

/** Looks the same word up twice, then answers: it counts how often it has looked by its prompt alone. */
function agentLm(): Lm & { count: number } {
  const lm = scriptedLm([])
  return {
    ...lm,
    count: 0,
    async generate(request) {
      this.count += 1
      const asked = JSON.stringify(request)
      const looks = asked.split('## observation_').length - 1
      const text = !asked.includes('next_tool_name` (one tool)')
        ? blocks({ reasoning: 'Seen.', label: 'red' })
        : looks < 2
          ? turn('search', { query: 'zorp' })
          : turn('finish')
      return { text, finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1, cached: false, attempts: 1 }
    },
  }
}

function httpAgent(changes: Partial<HttpTool> = {}, module = 'react') {
  const tool: HttpTool = {
    kind: 'http',
    name: 'search',
    desc: 'Finds a colour.',
    args: [{ name: 'query', type: { kind: 'str' }, desc: '' }],
    method: 'GET',
    url: `${server.origin}/?q={query}`,
    headers: [],
    body: '',
    answer: 'colour',
    timeoutMs: 5000,
    mostBytes: 5000,
    repeatable: false,
    ...changes,
  }
  // A tool is JSON.
  return toyRun({ kind: 'evaluate', val: 3, train: 0, program: oneStep(module, {}, { tools: [tool as unknown as Json] }) })
}

function portsOf(lm: Lm, disk: MemoryDisk, changes: Partial<RunPorts> = {}): RunPorts {
  return { ...memoryPorts({ lm, disk }), tools: testToolHost([server.origin]), ...changes }
}

const observations = (disk: MemoryDisk): readonly Json[] =>
  [...disk.rollouts.values()]
    .toSorted((a, b) => a.index - b.index)
    .flatMap(({ rollout }) =>
      rollout.trace.flatMap(({ kind, name, outputs }) => (kind === 'tool' && name === 'search' ? [outputs?.['result'] ?? 'none'] : [])),
    )

describe('tools that reach outside, in a run', () => {
  it('are called each time anew, and never again by a replay', async () => {
    const run = httpAgent()
    const disk = memoryDisk()
    const lm = agentLm()
    const outcome = await finish(run, portsOf(lm, disk))
    expect(outcome.status).toBe('done')
    expect(server.seen).toHaveLength(6)
    expect(new Set(observations(disk)).size).toBe(6)
    // Calls of tools are no requests to a model.
    expect(outcome.totals).toMatchObject({ calls: lm.count, failedCalls: 0 })
    const before = { lm: lm.count, tools: server.seen.length }
    const recording = { events: disk.events, failedCalls: new Map(), calls: { get: async (key: string) => disk.calls.get(key) } }
    const { clock, runner, connect } = portsOf(lm, disk)
    const report = await replayRun(run.spec, run.data, recording, { clock, runner, connect })
    expect(report).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest: outcome.digest })
    const again = await finish(run, portsOf(lm, disk))
    expect(again).toMatchObject({ digest: outcome.digest, totals: { calls: outcome.totals.calls } })
    expect({ lm: lm.count, tools: server.seen.length }).toEqual(before)
  })

  it('are not contacted before their address is allowed', async () => {
    const disk = memoryDisk()
    const lm = agentLm()
    const outcome = await finish(httpAgent(), portsOf(lm, disk, { tools: testToolHost([]) }))
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'tool-refused' } })
    expect(outcome.sentence).toContain(server.origin)
    expect([lm.count, server.seen.length]).toEqual([0, 0])
    expect(await finish(httpAgent(), portsOf(lm, memoryDisk()))).toMatchObject({ status: 'done' })
  })

  it('show the model what went wrong, the same in a replay', async () => {
    answer = (_seen, count) => ({ status: 500, body: `no luck ${count}` })
    const run = httpAgent()
    const disk = memoryDisk()
    const outcome = await finish(run, portsOf(agentLm(), disk))
    expect(outcome.status).toBe('done')
    const [rollout] = disk.rollouts.values()
    expect(JSON.stringify(rollout)).toContain('no luck')
    expect((await finish(run, portsOf(agentLm(), disk))).digest).toBe(outcome.digest)
    expect(server.seen).toHaveLength(6)
  })

  it('answer from fixed answers where those stand in, and need no permission', async () => {
    const mock = { use: 'scored' as const, answers: [{ answer: 'always blue' }] }
    const disk = memoryDisk()
    const outcome = await finish(httpAgent({ mock }), portsOf(agentLm(), disk, { tools: testToolHost([]) }))
    expect(outcome.status).toBe('done')
    expect(observations(disk)).toEqual(Array.from({ length: 6 }, () => 'always blue'))
    expect(server.seen).toHaveLength(0)
  })

  it.each([
    [true, 'done', 7],
    [false, 'done', 5],
  ])('repeat a call that a kill cut off only where that is allowed (%s)', async (repeatable, status, requests) => {
    const run = httpAgent({ repeatable })
    const disk = memoryDisk()
    let isDead = false
    let sent: () => void = () => undefined
    const hung = new Promise<void>(resolve => (sent = resolve))
    answer = (_seen, count) => {
      if (count !== 1) return { body: '{"colour": "red"}' }
      isDead = true
      sent()
      return 'hang'
    }
    const single = { ...run, spec: { ...run.spec, concurrency: 1 } }
    const dying = start(single, { ...memoryPorts({ lm: agentLm(), disk, isDead: () => isDead }), tools: testToolHost([server.origin]) })
    await hung
    dying.command('stop')
    expect([...disk.calls.keys()].filter(isToolKey).length).toBeGreaterThan(0)
    answer = () => ({ body: '{"colour": "red"}' })
    const resumed = await finish(single, portsOf(agentLm(), disk))
    expect(resumed.status).toBe(status)
    const failed = [...disk.rollouts.values()].filter(({ rollout }) => rollout.error)
    expect(failed.map(({ rollout }) => rollout.error?.code)).toEqual(repeatable ? [] : ['tool-interrupted'])
    expect(failed.every(({ rollout }) => rollout.score === null)).toBe(true)
    const seen = server.seen.length
    expect(seen).toBe(requests)
    // The next attempt finds the same, whatever it was.
    expect((await finish(single, portsOf(agentLm(), disk))).digest).toBe(resumed.digest)
    expect(server.seen).toHaveLength(seen)
  })

  it('are called from code that a model writes, each call once', async () => {
    const runner = await createQuickJsRunner()
    let turns = 0
    const code =
      "var seen = []\nfor (const word of ['a', 'b']) { try { seen.push(search({ query: word })) } catch (error) { seen.push(error.message) } }\nprint(seen.join('; '))"
    const lm: Lm = {
      capabilities: { responseFormats: [] },
      async generate(request) {
        const asked = JSON.stringify(request)
        turns += 1
        const isWriting = asked.includes('You work as an agent that writes')
        const isFirst = !asked.includes('code_output_0')
        const text = !isWriting
          ? blocks({ reasoning: 'Seen.', label: 'red' })
          : isFirst
            ? blocks({ generated_code: `\`\`\`js\n${code}\n\`\`\``, finished: 'False' })
            : blocks({ generated_code: "```js\nprint(seen.length, search('c'))\n```", finished: 'True' })
        return { text, finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1, cached: false, attempts: 1 }
      },
    }
    answer = ({ url }) =>
      url.endsWith('b') ? { status: 404, body: 'unknown' } : { body: JSON.stringify({ colour: `colour of ${url.slice(-1)}` }) }
    const run = httpAgent({}, 'code-act')
    const one = { ...run, data: { ...run.data, val: run.data.val.slice(0, 1) } }
    const disk = memoryDisk()
    const outcome = await finish(one, { ...portsOf(lm, disk), runner })
    expect(outcome.status).toBe('done')
    expect(server.seen.map(({ url }) => url)).toEqual(['/?q=a', '/?q=b', '/?q=c'])
    const text = JSON.stringify([...disk.rollouts.values()])
    expect(text).toContain('colour of a; The tool search failed: the server answered with status 404: unknown')
    expect(text).toContain('2 colour of c')
    expect((await finish(one, { ...portsOf(lm, disk), runner })).digest).toBe(outcome.digest)
    expect(server.seen).toHaveLength(3)
    expect(turns).toBe(3)
    runner.dispose()
  })
})
