import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { agentAnswer } from '../../../e2e/fake-agent'
import { startFakeOpenAi, type FakeOpenAi, type FakeReply, type FakeRequest } from '../../../e2e/fake-openai'
import { httpPorts, overHttp } from '@/testing/http-run'
import { memoryDisk, type MemoryDisk } from '@/testing/memory-ports'
import { edge, field, inputNode, lookupTool, outputNode, signatureNode } from '@/testing/toy-programs'
import { finish, toyRun, type ToyRun } from '@/testing/toy-run'
import { journalEventSchema } from '../record/event-schema'
import { storedCallSchema } from '../record/record-schemas'
import type { Program } from '../program/program'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { CodeRunner } from '../user-code/code-runner'
import type { RunPorts } from './base/ports'
import { replayRun } from './replay'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const ports = (disk?: MemoryDisk): RunPorts => ({ ...httpPorts(disk && { disk }), runner })

let servers: FakeOpenAi[] = []
afterEach(async () => {
  for (const server of servers) await server.close()
  servers = []
})

async function serve(answer: (request: FakeRequest) => FakeReply): Promise<FakeOpenAi> {
  const server = await startFakeOpenAi({ answer })
  servers.push(server)
  return server
}

/** text → label by an agent that is offered its tools. */
const agent: Program = {
  graph: {
    nodes: [
      inputNode(field('text', 'output')),
      signatureNode('classify', 'Classify', [field('text', 'input'), field('label', 'output')], 'react-v2', {
        tools: [lookupTool],
        max_iters: 4,
      }),
      outputNode(field('label', 'input')),
    ],
    edges: [edge('in.text', 'classify.text'), edge('classify.label', 'out.label')],
    nativeTools: true,
    jsonFallback: 'once',
  },
  state: {},
}

function runAt({ url }: FakeOpenAi, program: Program = agent): ToyRun {
  const evaluation = { kind: 'evaluate', program, concurrency: 1, maxErrors: 0 } as const
  return overHttp(toyRun({ ...evaluation, train: 0, val: 4 }), url)
}

async function replayed(run: ToyRun, disk: MemoryDisk) {
  const { clock, connect } = ports()
  const failedCalls = new Map([...disk.runCalls].filter(([, call]) => call.error))
  const stored = { events: disk.events, failedCalls, calls: { get: async (key: string) => disk.calls.get(key) } }
  return replayRun(run.spec, run.data, stored, { clock, runner, connect })
}

const offersTools = ({ body }: FakeRequest): boolean => body['tools'] !== undefined
const refusal = (message: string, status = 400): FakeReply => ({ status, body: { error: { message, type: 'invalid_request_error' } } })

describe('an agent whose tools are offered over HTTP', () => {
  it('sends them with each request, and calls and results as messages; replayed it asks nothing', async () => {
    const server = await serve(agentAnswer)
    const run = runAt(server)
    const disk = memoryDisk()
    const outcome = await finish(run, ports(disk))
    expect(outcome).toMatchObject({ status: 'done', totals: { calls: server.count, failedCalls: 0 } })
    const second = server.requests.find(({ body }) => JSON.stringify(body['messages']).includes('"tool"'))
    expect(second?.text).toContain(
      '"tools":[{"type":"function","function":{"name":"lookup","description":"The colour of a word.","parameters":{"type":"object",' +
        '"properties":{"word":{"type":"string","description":"One word."}},"required":["word"]}}},{"type":"function","function":{"name":"submit"',
    )
    expect(second?.text).toMatch(
      /\{"role":"assistant","content":"(?:[^"\\]|\\.)*","tool_calls":\[\{"id":"call-1","type":"function","function":\{"name":"lookup","arguments":"\{\\"word\\": \\"\w+\\"\}"\}\}\]\},\{"role":"tool","tool_call_id":"call-1","name":"lookup","content":"(?:red|green|blue)"\},\{"role":"user"/,
    )
    expect(second?.text).not.toContain('tool_call_results')
    for (const event of disk.events) expect(journalEventSchema.safeParse(event).error).toBeUndefined()
    // What is stored is read back whole: without its tools it would be another request.
    for (const call of disk.calls.values()) expect(storedCallSchema.parse(call)).toEqual(call)
    const sent = server.count
    expect(await replayed(run, disk)).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest: outcome.digest })
    const again = await finish(run, { ...ports(disk), offline: true })
    expect(again).toMatchObject({ status: 'done', digest: outcome.digest })
    expect(server.count).toBe(sent)
  })

  it.each([
    ['registry.example/gemma does not support tools', 400],
    ['No endpoints found that support tool use. To learn more visit: https://models.example/docs', 404],
    ['"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', 400],
    ['tools param requires --jinja flag', 500],
    ['`tool calling` is not supported with this model', 400],
  ])('is asked in words by a model that says: %s', async (message, status) => {
    const server = await serve(request => (offersTools(request) ? refusal(message, status) : agentAnswer(request)))
    const run = runAt(server)
    const disk = memoryDisk()
    const outcome = await finish(run, ports(disk))
    expect(outcome).toMatchObject({ status: 'done', totals: { calls: server.count, failedCalls: 1 } })
    expect([...disk.rollouts.values()].every(({ rollout }) => rollout.score !== null)).toBe(true)
    // One refusal teaches the whole run, and later runs by what the journal says.
    expect(server.requests.filter(offersTools)).toHaveLength(1)
    expect(disk.events.flatMap(event => (event.type === 'model-facts' ? event.refused : []))).toEqual(['tools'])
    const sent = server.count
    expect(await replayed(run, disk)).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest: outcome.digest })
    expect(await finish(run, { ...ports(disk), offline: true })).toMatchObject({ status: 'done', digest: outcome.digest })
    expect(server.count).toBe(sent)
  })

  it('sends what a program without the choice sends where the model is known to take no tools', async () => {
    const bodies = async (program: Program, refused: readonly 'tools'[]): Promise<readonly unknown[]> => {
      const server = await serve(agentAnswer)
      const run = runAt(server, program)
      const facts = [{ model: 'toy-1', endpoint: server.url, refused }]
      expect(await finish({ ...run, spec: { ...run.spec, ...(refused.length > 0 && { facts }) } }, ports())).toMatchObject({
        status: 'done',
      })
      return server.requests.map(({ body }) => body)
    }
    const { nativeTools: _, ...graph } = agent.graph
    const inWords = await bodies({ ...agent, graph }, [])
    expect(inWords.length).toBeGreaterThan(4)
    expect(await bodies(agent, ['tools'])).toEqual(inWords)
  })

  it('goes without a choice of one tool where a model refuses that alone, and without a format where it takes only one of the two', async () => {
    const rambling = (request: FakeRequest): FakeReply => {
      if (request.body['response_format'] !== undefined)
        return refusal("Function calling with a response mime type: 'application/json' is unsupported")
      if (request.body['tool_choice'] !== undefined) return refusal('tool_choice is not supported by this model')
      const asks = JSON.stringify(request.body['messages'])
      return asks.includes('call-1') ? agentAnswer(request) : { text: '{"next_thought": "Let me think."}' }
    }
    const server = await serve(rambling)
    const disk = memoryDisk()
    const graph = { ...agent.graph, adapter: 'json' } as const
    await finish(runAt(server, { ...agent, graph }), ports(disk))
    expect(disk.events.flatMap(event => (event.type === 'model-facts' ? event.refused : []))).toEqual([
      'json_schema',
      'json_object',
      'tool_choice',
    ])
    expect(server.requests.every(offersTools)).toBe(true)
  })
})
