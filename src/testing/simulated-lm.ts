import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { EngineError } from '@/engine/base/errors'
import type { Lm, LmRequest } from '@/engine/lm/lm'
import { callKey } from '@/engine/lm/request-key'
import { estimateUsage } from '@/engine/lm/usage'
import { encodeVectors } from '@/engine/lm/vectors'
import { type PlainChatRequest, chatOf } from '@/engine/lm/chat-of'
import { fakeVector } from '../../e2e/fake-embeddings'
import { toyLabels } from './toy-programs'

export interface SimulatedOptions {
  /** Milliseconds per request; drawn from the request, up to this many. */
  readonly latencyMs?: number
  /** Share of attempts (0–1) that fail with a retryable server error. */
  readonly failShare?: number
  /** Takes no temperature and has no luck: equal messages get equal answers, whichever sample is asked for. */
  readonly isFixed?: boolean
  /** Called before each request, with its number from 1; may throw, or never resolve. */
  readonly onRequest?: (count: number, request: LmRequest) => void | Promise<void>
}

export interface SimulatedLm extends Lm {
  readonly count: number
  /** How often each key was asked. */
  readonly asked: ReadonlyMap<string, number>
}

/**
 * A model for the toy task that only knows what its prompt shows: it answers right when a demo has the same word, or when the
 * instructions name its colour (`zorp is red`), and guesses otherwise. Asked for instructions, rules, advice or a description it writes
 * down most of what the request shows of words and colours. A pure function of request and rollout; only `failShare` looks at how often
 * it was asked.
 */
export function simulatedLm(options: SimulatedOptions = {}): SimulatedLm {
  const asked = new Map<string, number>()
  let count = 0
  return {
    capabilities: { responseFormats: [] },
    get count() {
      return count
    },
    asked,
    async generate(request, call) {
      call.signal.throwIfAborted()
      count += 1
      const key = callKey(request, call.rollout)
      const times = (asked.get(key) ?? 0) + 1
      asked.set(key, times)
      await options.onRequest?.(count, request)
      if (options.latencyMs) await pause(options.latencyMs * share(`latency ${key}`), call.signal)
      if (share(`fail ${key} ${times}`) < (options.failShare ?? 0)) {
        throw new EngineError('lm-server', 'The server had a bad moment.', { isRetryable: true, retryAfterMs: 1, status: 500 })
      }
      const rest = { finish: 'stop', ms: 1, cached: false, attempts: 1 } as const
      if (request.kind === 'embed')
        return { text: '', vectors: encodeVectors(request.texts.map(text => fakeVector(text))), usage: estimateUsage(request, ''), ...rest }
      const chat = chatOf(request)
      const text = options.isFixed
        ? (written(chat, canonicalJson(chat.messages)) ?? answer({ ...chat, settings: {} }, 0))
        : (written(chat, `${key} ${call.rollout}`) ?? answer(chat, call.rollout))
      return { text, usage: estimateUsage(request, text), ...rest }
    },
  }
}

/** What a model that writes for other models would say: undefined when a colour is asked for. */
function written(request: PlainChatRequest, seed: string): string | undefined {
  const user = request.messages.at(-1)?.content ?? ''
  const outputs = [...(request.messages[0]?.content.split('Fields you write:')[1]?.split('\n[[')[0] ?? '').matchAll(/^\d+\. `(\w+)`/gm)]
  const names = outputs.map(match => match[1] ?? '')
  const isFree = request.messages.length === 1 && /instruction/i.test(user)
  if (!isFree && !names.some(name => writtenFields.test(name))) return undefined
  if (names.includes('advice') && user.includes('[[ ## module_names ## ]]')) return advice(user, seed)
  const base = isFree
    ? /```\w*\n?([\s\S]*?)```/.exec(user)?.[1]?.trim()
    : Object.entries(sections(user)).find(([name]) => /(basic|current).*instruction/.test(name))?.[1]
  const facts = [...factsIn(user)].filter(([word]) => share(`keeps ${word} ${seed}`) < 0.8)
  const text = [(base ?? '').split('\n')[0], ...facts.map(([word, label]) => `${word} is ${label}`)].join('\n').trim()
  if (isFree) return `\`\`\`\n${text}\n\`\`\``
  return [...names.map(name => `[[ ## ${name} ## ]]\n${text}`), '[[ ## completed ## ]]'].join('\n\n')
}

const writtenFields = /instruction|rules|advice|summary|description|observation/

/** Words with the colour that a text shows for them, in whatever layout; what is said to be right counts before what was answered. */
function factsIn(text: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>()
  const colours = toyLabels.join('|')
  for (const match of text.matchAll(new RegExp(`(\\w+) is (${colours})`, 'g'))) facts.set(match[1] ?? '', match[2] ?? '')
  const parts = text.split(/item (?=\w)/).slice(1)
  for (const part of parts) {
    const word = /^\w+/.exec(part)?.[0] ?? ''
    const label =
      new RegExp(`(?:expected|correct|right)[^a-z]{1,9}(?:is )?(${colours})`, 'i').exec(part) ??
      new RegExp(`label[^a-z]{1,12}(${colours})`, 'i').exec(part)
    if (label?.[1] !== undefined) facts.set(word, label[1])
  }
  return facts
}

/** Advice for each module that Refine names. */
function advice(user: string, seed: string): string {
  const names = [...(/\[\[ ## module_names ## \]\]\n([^[]*)/.exec(user)?.[1] ?? '').matchAll(/«?(\w+)»?/g)].map(match => match[1] ?? '')
  const texts = Object.fromEntries(names.filter(name => name !== '').map(name => [name, `Look again, ${seed.slice(0, 4)}.`]))
  return [`[[ ## discussion ## ]]\nThe label was off.`, `[[ ## advice ## ]]\n${JSON.stringify(texts)}`, '[[ ## completed ## ]]'].join(
    '\n\n',
  )
}

/** The next turn of an agent: looks the word up where a demo or the instructions say so, or by luck; then it is done. */
function agentStep(request: PlainChatRequest, word: string, rollout: number): string {
  const system = request.messages[0]?.content ?? ''
  const last = request.messages.at(-1)?.content ?? ''
  const isTaught = system.includes('lookup first') || pairs(request).some(demo => demo['next_tool_name'] === 'lookup')
  const isCurious = isTaught || share(`curious ${word} ${rollout} ${request.settings.temperature ?? 0}`) < 0.5
  const tool = last.includes('[[ ## observation_0 ## ]]') || !isCurious ? 'finish' : 'lookup'
  return [
    `[[ ## next_thought ## ]]\nThe word is ${word}.`,
    `[[ ## next_tool_name ## ]]\n${tool}`,
    `[[ ## next_tool_args ## ]]\n${JSON.stringify(tool === 'lookup' ? { word } : {})}`,
    '[[ ## completed ## ]]',
  ].join('\n\n')
}

function answer(request: PlainChatRequest, rollout: number): string {
  const system = request.messages[0]?.content ?? ''
  const last = request.messages.at(-1)?.content ?? ''
  const asked = sections(last)
  const word = asked['keyword'] ?? asked['text']?.match(/item (\w+)/)?.[1] ?? ''
  if (system.includes('`next_tool_name`')) return agentStep(request, word, rollout)
  const seen = new RegExp(`\\[\\[ ## observation_\\d+ ## \\]\\]\\n(${toyLabels.join('|')})`).exec(last)?.[1]
  const demos = pairs(request)
  const known = demos.find(demo => (demo['keyword'] ?? demo['text'] ?? '').includes(word) && demo['label'])?.['label']
  const told = system.match(new RegExp(`${word} is (${toyLabels.join('|')})`))?.[1]
  const guess = toyLabels[Math.floor(share(`${word} ${rollout} ${request.settings.temperature ?? 0}`) * toyLabels.length)]
  const label = seen ?? known ?? told ?? guess ?? 'red'
  return [
    `[[ ## reasoning ## ]]\nThe word is ${word}.`,
    `[[ ## rationale ## ]]\nThe word is ${word}, after all.`,
    `[[ ## keyword ## ]]\n${word}`,
    `[[ ## label ## ]]\n${label}`,
    '[[ ## completed ## ]]',
  ].join('\n\n')
}

function pairs(request: PlainChatRequest): readonly Record<string, string>[] {
  const demos: Record<string, string>[] = []
  for (let index = 1; index + 1 < request.messages.length; index += 2) {
    demos.push({ ...sections(request.messages[index]?.content ?? ''), ...sections(request.messages[index + 1]?.content ?? '') })
  }
  return demos
}

function sections(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const match of text.matchAll(/^\[\[ ## (\w+) ## \]\]\n([\s\S]*?)(?=\n\n|$(?![\s\S]))/gm))
    found[match[1] ?? ''] = (match[2] ?? '').trim()
  return found
}

/** A number 0 ≤ x < 1 decided by a text. */
function share(text: string): number {
  return Number.parseInt(sha256Hex(text).slice(0, 8), 16) / 2 ** 32
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), { once: true })
  })
}
