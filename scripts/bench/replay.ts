import { setMaxListeners } from 'node:events'
import { openJournalDirectory } from '@/cli/headless/journal-directory'
import { nodePorts } from '@/cli/headless/node-ports'
import type { Example } from '@/engine/base/example'
import { completeState } from '@/engine/graph/default-state'
import { callKey } from '@/engine/lm/kept/request-key'
import type { Lm } from '@/engine/lm/lm'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/record/spec'
import { graph } from './engine'

setMaxListeners(0)

/** Answers by the request alone: right for two thirds of the rows, so that a search has something to find. */
const lm: Lm = {
  capabilities: { responseFormats: [] },
  async generate(request, { rollout }) {
    const isRight = Number.parseInt(callKey(request, rollout).slice(0, 4), 16) % 3 > 0
    const text = `[[ ## answer ## ]]\n${isRight ? 'fine' : 'wrong'}\n\n[[ ## completed ## ]]`
    return { text, finish: 'stop', usage: { inputTokens: 1500, outputTokens: 12 }, ms: 900, cached: false, attempts: 1 }
  },
}

/** A row of about 350 characters: sixteen of them as demos make prompts of 6 to 8 KB. */
function row(index: number): Example {
  const filler = 'The customer writes that the parcel came late, that the box was torn on one side, and that the bill names another sum. '
  return { id: `r${index}`, inputs: { question: `Letter ${index}: ${filler.repeat(3)}` }, labels: { answer: 'fine' } }
}

/** Compiles in this process, with instant answers, into a journal of about `calls` answers. Returns how many there are. */
export async function recordRun(folder: string, calls: number): Promise<number> {
  const evaluations = 19
  const data = {
    train: Array.from({ length: 200 }, (_, index) => row(index)),
    val: Array.from({ length: Math.round(calls / evaluations) }, (_, index) => row(1000 + index)),
  }
  const model = {
    id: 'bench',
    label: 'bench',
    provider: 'openai-compatible',
    model: 'bench',
    baseUrl: 'http://localhost/v1',
    settings: {},
  } as const
  const spec: RunSpec = {
    schemaVersion: 1,
    engineVersion: 'bench',
    kind: 'compile',
    title: 'bench',
    graph,
    state: completeState(graph, {}),
    metric: { kind: 'exact-match', params: { field: 'answer' } },
    optimizer: { id: 'bootstrap-few-shot-random-search', params: { num_candidate_programs: 16, max_labeled_demos: 16 } },
    models: { task: model, prompt: model, overrides: {} },
    data: { split: 'val', train: { hash: 'train', count: data.train.length }, val: { hash: 'val', count: data.val.length } },
    seed: 0,
    concurrency: 64,
    maxErrors: 10,
    budget: {},
  }
  const directory = openJournalDirectory(folder, { spec, ...data })
  const ports = nodePorts({ calls: directory.calls, journal: directory.journal })
  const { status, sentence, totals } = await startRun(spec, data, { ...ports, connect: () => lm, noteSpend: directory.noteSpend }, () => {})
    .done
  ports.runner.dispose()
  directory.close()
  if (status !== 'done') throw new Error(sentence)
  return totals.calls
}
