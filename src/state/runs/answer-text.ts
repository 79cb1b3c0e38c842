import type { StoredCall } from '@/engine/lm/kept/call-store'
import { readStoredAnswer } from '@/engine/lm/kept/stored-answer'
import type { Finish, LmRequest } from '@/engine/lm/lm'
import type { Message, Part } from '@/engine/lm/parts'
import type { SpanCall } from '@/engine/trace/span'

/** A stored answer as it is shown: vectors by their number, since nobody reads them. */
export function answerText({ request, response }: Pick<StoredCall, 'request' | 'response'>): string {
  const { text, vectors } = readStoredAnswer(response, request)
  if (vectors === undefined) return text
  const numbers = `${vectors.size.toLocaleString('en-US')} ${vectors.size === 1 ? 'number' : 'numbers'}`
  return vectors.count === 1 ? `1 vector of ${numbers}` : `${vectors.count} vectors of ${numbers}`
}

/** The calls of tools in a stored answer, which stand beside its text. */
export function answerCalls({ request, response }: Pick<StoredCall, 'request' | 'response'>): readonly Part[] {
  return readStoredAnswer(response, request).parts?.filter(({ type }) => type === 'tool-call') ?? []
}

/** What was asked, as messages; texts to compare come from whoever asks. */
export function shownMessages(request: LmRequest): readonly Message[] {
  return request.kind === 'embed' ? request.texts.map(content => ({ role: 'user', content })) : request.messages
}

/** `model m`, then each setting that was sent. */
export function settingWords(request: LmRequest): readonly string[] {
  const settings = request.kind === 'embed' ? {} : request.settings
  return [`model ${request.model}`, ...Object.entries(settings).map(([name, value]) => `${name} ${String(value)}`)]
}

/** Requests for vectors come before a step asks its question, and are no attempt at it. */
export function isQuestion(call: SpanCall): boolean {
  return call.format !== 'embedding'
}

/** Requests that came only because an answer could not be read, or a format was refused; reading an answer in plain words is none. */
export function fallbacksAmong(calls: readonly SpanCall[]): number {
  const beyondFirst = (some: readonly SpanCall[]): number => Math.max(0, some.length - 1)
  const questions = calls.filter(isQuestion)
  return beyondFirst(questions.filter(({ reads }) => !reads)) + beyondFirst(questions.filter(({ reads }) => reads))
}

/** What a request was for, among all of its step. */
export function requestTitle(call: SpanCall, calls: readonly SpanCall[]): string {
  if (!isQuestion(call)) return 'Similarity'
  const questions = calls.filter(isQuestion)
  const at = questions.indexOf(call)
  if (questions.length === 1) return 'Request'
  const place = `${at + 1} of ${questions.length}`
  if (at === 0) return `Request ${place}`
  return call.reads && !questions[at - 1]?.reads ? `Request ${place}, reads the answer` : `Fallback request ${place}`
}

/** How an answer ended, as a half sentence. */
export function finishWords(finish: Finish): string {
  return endings[finish]
}

const endings: Readonly<Record<Finish, string>> = {
  stop: 'ended by itself',
  length: 'cut off at the token limit',
  'tool-calls': 'ended to call tools',
  filter: 'stopped by a content filter',
  error: 'broken off by the provider',
}
