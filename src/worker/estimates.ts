import { estimateRun } from '@/engine/run/estimate'
import { listRunCalls } from '@/storage/run-calls'
import { listRuns } from '@/storage/runs'
import type { ModelSpec } from '@/engine/lm/lm'
import type { RunEstimate, RunRequest } from './api'
import { freezeRun } from './freeze-run'

/** How many calls a run will take, and what they cost where a price is known. Tokens come from the project's latest calls. */
export async function estimate(request: RunRequest): Promise<RunEstimate> {
  const { spec, train, val } = await freezeRun(request)
  const plan = estimateRun({
    kind: spec.kind,
    graph: spec.graph,
    train: train.length,
    val: val.length,
    ...(spec.optimizer && { optimizer: spec.optimizer }),
  })
  const tokensPerCall = await measuredTokens(request.project.id, spec.models.task)
  const price = spec.models.task.price
  const perCall = price && tokensPerCall && (tokensPerCall.input * price.input + tokensPerCall.output * price.output) / 1_000_000
  const { low, expected, high } = plan.total
  return {
    calls: plan.calls,
    total: { low, expected, high },
    train: train.length,
    val: val.length,
    ...(tokensPerCall && { tokensPerCall }),
    ...(perCall !== undefined && { cost: { low: low * perCall, expected: expected * perCall, high: high * perCall } }),
  }
}

/** Mean tokens of the newest answers this model gave in this project. */
async function measuredTokens(projectId: string, model: ModelSpec): Promise<{ input: number; output: number } | undefined> {
  for (const run of (await listRuns(projectId)).slice(0, consideredRuns)) {
    const calls = (await listRunCalls(run.id)).filter(call => call.model === model.model && call.error === undefined).slice(0, sampleSize)
    if (calls.length === 0) continue
    const sum = (pick: (usage: (typeof calls)[number]['usage']) => number) =>
      calls.reduce((total, call) => total + pick(call.usage), 0) / calls.length
    return { input: sum(usage => usage.inputTokens), output: sum(usage => usage.outputTokens) }
  }
  return undefined
}
const consideredRuns = 5
const sampleSize = 200
