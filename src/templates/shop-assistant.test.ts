import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { toExample } from '@/engine/data/mapping'
import { splitOf } from '@/engine/data/split'
import { sandboxLm } from '@/engine/providers/sandbox/sandbox-lm'
import { callTool } from '@/engine/modules/call-tool'
import { toolKindOf, toolSchema } from '@/engine/tools/registry'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/record/spec'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { memoryPorts } from '@/testing/memory-ports'
import { shopAssistant } from './shop-assistant'
import { shopCatalogue } from './shop-catalogue'
import { shopTools } from './shop-tools'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

const { project, dataset } = shopAssistant.build(prefix => prefix)
const rows = dataset?.rows ?? []

async function call(name: string, args: JsonObject): Promise<Json> {
  const tool = shopTools.map(one => toolSchema.parse(one)).find(one => one.name === name)
  if (tool === undefined) throw new Error(`no tool ${name}`)
  return callTool(tool, args, { call: (one, given) => toolKindOf(one).call(one, given, { runner, signal: new AbortController().signal }) })
}

/** What a careful clerk would answer, by the same three tools. */
async function answerOf(question: string, kind: string): Promise<string> {
  if (kind === 'cheapest' || kind === 'dearest') {
    const [named = ''] = shopCatalogue.map(([, own]) => own).filter(own => new RegExp(`\\b${own}s?\\b`).test(question))
    // The tool returns a list of names with prices.
    const found = [...((await call('list_products', { kind: named })) as unknown as { name: string; price: number }[])]
    found.sort((one, other) => (kind === 'cheapest' ? one.price - other.price : other.price - one.price))
    return found[0]?.name ?? ''
  }
  const [name = ''] = shopCatalogue.map(([own]) => own).filter(own => question.includes(own))
  const details = (await call('product_details', { name })) as unknown as { price: number; stock: number; weight_kg: number }
  const count = Number(/\b\d\b/.exec(question)?.[0] ?? numbers.findIndex(word => new RegExp(`\\b${word}\\b`).test(question)) + 2)
  const pieces = count >= 2 ? count : 1
  if (kind === 'stock') return details.stock >= pieces ? 'yes' : 'no'
  if (kind === 'delivery') return String(await call('delivery_cost', { weight_kg: details.weight_kg }))
  return String(Math.round(details.price * pieces * 100) / 100)
}
const numbers = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight']

describe('the shop assistant', () => {
  it('has labels that its own tools lead to', async () => {
    for (const { cells } of rows) {
      const { question, answer, kind } = cells
      expect([question, await answerOf(String(question), String(kind))]).toEqual([question, answer])
    }
    expect(rows).toHaveLength(100)
    expect(new Set(rows.map(({ cells }) => cells['kind']))).toEqual(new Set(['total', 'stock', 'cheapest', 'dearest', 'delivery']))
  })

  it('has tools that say what went wrong', async () => {
    await expect(call('product_details', { name: 'lamp' })).rejects.toThrow(/Several products are called so: Larkspur lamp/)
    await expect(call('product_details', { name: 'sofa' })).rejects.toThrow(/No product is called "sofa"/)
    await expect(call('delivery_cost', { weight_kg: 0 })).rejects.toThrow(/weighs something/)
    expect(await call('list_products', { kind: 'sofa' })).toEqual([])
  })

  it.each([
    ['gepa', {}],
    ['bootstrap-few-shot-random-search', project.optimizer.params['bootstrap-few-shot-random-search'] ?? {}],
  ] as readonly (readonly [string, JsonObject])[])(
    'gains with %s on the Sandbox, whichever way the rows are dealt',
    async (id, params) => {
      const [model] = project.models
      if (model === undefined || project.metric === undefined) throw new Error('the template has a model and a metric')
      for (const seed of [0, 1]) {
        const part = (name: string) =>
          rows
            .filter(row => splitOf(row.id, { ...project.split, seed }) === name)
            .map(row => toExample(row, dataset?.columns ?? [], project.graph, project.mapping))
        const [train, val] = [part('train'), part('val')]
        const spec: RunSpec = {
          schemaVersion: 1,
          engineVersion: 'test',
          kind: 'compile',
          title: id,
          graph: project.graph,
          state: project.state,
          metric: project.metric,
          optimizer: { id, params },
          models: { task: model, prompt: model, overrides: {} },
          data: { split: 'val', train: { hash: 'train', count: train.length }, val: { hash: 'val', count: val.length } },
          seed,
          concurrency: 8,
          maxErrors: 10,
          budget: {},
        }
        const { result, status } = await startRun(spec, { train, val }, memoryPorts({ lm: sandboxLm(), runner }), () => undefined).done
        expect(status).toBe('done')
        expect(result?.gain?.low).toBeGreaterThan(0)
      }
    },
    240_000,
  )
})
