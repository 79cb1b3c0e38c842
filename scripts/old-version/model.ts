import { typedAnswer } from '../../e2e/fake-answer'
import { learnerAnswer } from '../../e2e/fake-learner'
import type { FakeReply, FakeRequest } from '../../e2e/fake-openai'

export { startFakeOpenAi } from '../../e2e/fake-openai'

/**
 * The model behind the fixtures: it learns from demos and instructions, so that compiles climb, and has the habits that records of real
 * models show. Some rows are only readable when asked for as JSON; `thinking` drafts a wrong answer in its thoughts, in front of each
 * answer; `short` often stops at its limit; `forbidden` refuses every request.
 */
export function answer(request: FakeRequest): string | FakeReply {
  if (request.model === 'forbidden')
    return { status: 401, body: { error: { message: 'This key has no access.', code: 'invalid_api_key' } } }
  const text = plain(request)
  if (request.model === 'thinking') return `<think>\nA draft first.\n\n${draftOf(text)}\n\nThat may be wrong.\n</think>\n\n${text}`
  const number = Number(/number (\d+)/.exec(lastOf(request))?.[1])
  if (request.model !== 'short' || number % 2 > 0) return text
  return { text: text.startsWith('{') ? text.replace(/"?\}$/, '') : text, finishReason: 'length' }
}

function draftOf(text: string): string {
  return text.replace(/\b(fruit|tool)\b/, label => (label === 'fruit' ? 'tool' : 'fruit')).replace(/(?<=instruction ## \]\]\n)/, 'Draft. ')
}

function plain(request: FakeRequest): string {
  const last = lastOf(request)
  const isChat = last.includes('[[ ## completed ## ]]')
  if (isChat && /number \d*[47]\b/.test(last)) return 'That is hard to say.'
  return isChat || last.includes('```') ? learnerAnswer(request) : typedAnswer(request)
}

function lastOf({ messages }: Pick<FakeRequest, 'messages'>): string {
  return messages.at(-1)?.content ?? ''
}
