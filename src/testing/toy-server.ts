import { startFakeOpenAi, type FakeOpenAi, type FakeOpenAiOptions, type FakeRequest } from '../../e2e/fake-openai'
import { simulatedLm } from './simulated-lm'

/** The fake server with the simulated model of the toy task behind it: compiles climb, and equal requests get equal answers. */
export function startToyServer(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
  return startFakeOpenAi({ answer: toyAnswer, ...options })
}

export async function toyAnswer({ model, messages, body }: FakeRequest): Promise<string> {
  const temperature = typeof body['temperature'] === 'number' ? { temperature: body['temperature'] } : {}
  // The server only passes on what a client of ours sent.
  const request = { model, messages: messages as readonly { role: 'user'; content: string }[], settings: temperature }
  const call = { signal: new AbortController().signal, rollout: 0, purpose: 'evaluate' } as const
  return (await lm.generate(request, call)).text
}

const lm = simulatedLm()
