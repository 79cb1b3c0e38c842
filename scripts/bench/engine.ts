import { setMaxListeners } from 'node:events'
import { nodePorts } from '@/cli/headless/node-ports'
import type { Example } from '@/engine/base/example'
import { completeState } from '@/engine/graph/default-state'
import type { ProgramGraph } from '@/engine/program/program'
import type { Lm } from '@/engine/lm/lm'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/record/spec'

setMaxListeners(0)

export const graph: ProgramGraph = {
  nodes: [
    { id: 'in', kind: 'input', name: 'input', fields: [{ id: 'q', name: 'question', role: 'output', type: { kind: 'str' }, desc: '' }] },
    {
      id: 'step',
      kind: 'signature',
      name: 'answer',
      module: 'predict',
      moduleParams: {},
      fields: [
        { id: 'question', name: 'question', role: 'input', type: { kind: 'str' }, desc: '' },
        { id: 'answer', name: 'answer', role: 'output', type: { kind: 'str' }, desc: '' },
      ],
    },
    { id: 'out', kind: 'output', name: 'output', fields: [{ id: 'a', name: 'answer', role: 'input', type: { kind: 'str' }, desc: '' }] },
  ],
  edges: [
    { id: 'e1', from: { node: 'in', field: 'q' }, to: { node: 'step', field: 'question' } },
    { id: 'e2', from: { node: 'step', field: 'answer' }, to: { node: 'out', field: 'a' } },
  ],
}

export interface Measured {
  readonly seconds: number
  readonly calls: number
  readonly score: number
}

/** Evaluates a one-step program on `rows` rows against an endpoint, or against an LM in this process. */
export async function evaluateRows(rows: number, concurrency: number, target: { url: string } | { lm: Lm }): Promise<Measured> {
  const val = Array.from({ length: rows }, (_, index): Example => ({
    id: `r${index}`,
    inputs: { question: `What is ${index}?` },
    labels: { answer: 'fine' },
  }))
  const ports = nodePorts()
  const model = {
    id: 'bench',
    label: 'bench',
    provider: 'openai-compatible',
    model: 'bench',
    baseUrl: 'url' in target ? target.url : 'http://localhost/v1',
    settings: {},
    limits: { concurrency },
  } as const
  const spec: RunSpec = {
    schemaVersion: 1,
    engineVersion: 'bench',
    kind: 'evaluate',
    title: 'bench',
    graph,
    state: completeState(graph, {}),
    metric: { kind: 'exact-match', params: { field: 'answer' } },
    models: { task: model, prompt: model, overrides: {} },
    data: { split: 'val', train: { hash: '', count: 0 }, val: { hash: '', count: rows } },
    seed: 0,
    concurrency,
    maxErrors: 10,
    budget: {},
  }
  const startedAt = performance.now()
  const { lm } = 'lm' in target ? target : { lm: undefined }
  const outcome = await startRun(spec, { train: [], val }, lm ? { ...ports, connect: () => lm } : ports, () => {}).done
  const seconds = (performance.now() - startedAt) / 1000
  ports.runner.dispose()
  if (outcome.status !== 'done') throw new Error(outcome.sentence)
  return { seconds, calls: outcome.totals.calls, score: outcome.result?.best?.summary.mean ?? outcome.result?.baseline?.summary.mean ?? 0 }
}

/** The same number of bare `fetch` calls with the same concurrency: what the machine and the server allow. */
export async function bareFetch(calls: number, concurrency: number, url: string): Promise<number> {
  const body = JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: 'What?' }] })
  let next = 0
  const startedAt = performance.now()
  const worker = async () => {
    while (next < calls) {
      next += 1
      const response = await fetch(`${url}/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      await response.json()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return (performance.now() - startedAt) / 1000
}

export const instantLm: Lm = {
  capabilities: { responseFormats: [] },
  generate: async () => ({
    text: '[[ ## answer ## ]]\nfine',
    finish: 'stop',
    usage: { inputTokens: 1, outputTokens: 1 },
    ms: 0,
    cached: false,
    attempts: 1,
  }),
}
