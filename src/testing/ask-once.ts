import { adapters } from '@/engine/adapters/registry'
import { predict, type PredictStep } from '@/engine/modules/predict'
import type { Values } from '@/engine/base/example'
import type { Lm } from '@/engine/lm/lm'
import type { SpanCall } from '@/engine/trace/span'
import type { PlainChatRequest } from './chat-of'
import { scriptedLm, type Script } from './scripted-lm'
import { testCall } from './test-call'
import { toyModel } from './toy-run'

export interface AskedOnce {
  readonly values?: Values
  readonly error?: unknown
  readonly requests: readonly PlainChatRequest[]
  /** What was noted of each request, in order. */
  readonly calls: readonly SpanCall[]
}

/** Asks one predictor, without demos and as a new program does; `script` is what the model says. */
export async function askOnce(
  script: Script,
  step: Pick<PredictStep, 'signature'> & Partial<PredictStep>,
  responseFormats: Lm['capabilities']['responseFormats'] = ['json_schema', 'json_object'],
): Promise<AskedOnce> {
  const lm = scriptedLm(script, { responseFormats })
  const calls: SpanCall[] = []
  const whole: PredictStep = {
    demos: [],
    inputs: { q: 'Q' },
    adapter: adapters.chat,
    jsonFallback: 'once',
    lm,
    model: toyModel,
    call: testCall(),
    ...step,
  }
  const end = await predict(whole, call => calls.push(call)).then(
    values => ({ values }),
    (error: unknown) => ({ error }),
  )
  return { ...end, requests: lm.requests, calls }
}
