import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import type { Prompt, PromptValues } from '@/engine/adapters/prompt/prompt'
import { trajectoryIn } from '@/engine/adapters/prompt/read-agent'
import { readPrompt } from '@/engine/adapters/prompt/read-prompt'
import { conversationTurn } from '@/engine/adapters/prompt/read-turns'
import { writeAnswer } from '@/engine/adapters/prompt/write-answer'
import { EngineError } from '@/engine/base/errors'
import type { Lm, LmRequest } from '@/engine/lm/lm'
import { callKey } from '@/engine/lm/kept/request-key'
import { estimateUsage } from '@/engine/lm/usage'
import { encodeVectors } from '@/engine/lm/vectors'
import { type PlainChatRequest, chatOf } from './chat-of'
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
  const prompt = readPrompt(request.messages)
  const names = prompt.outputs.map(({ name }) => name)
  if (names.includes('reasons') && names.includes('score')) return judgement(prompt)
  const isFree = request.messages.length === 1 && /instruction/i.test(user)
  if (!isFree && !names.some(name => writtenFields.test(name))) return undefined
  if (names.includes('advice') && prompt.request['module_names'] !== undefined) return advice(prompt, seed)
  const base = isFree
    ? /```\w*\n?([\s\S]*?)```/.exec(user)?.[1]?.trim()
    : Object.entries(prompt.request).find(([name]) => /(basic|current).*instruction/.test(name))?.[1]
  const facts = [...factsIn(user)].filter(([word]) => share(`keeps ${word} ${seed}`) < 0.8)
  const text = [(base ?? '').split('\n')[0], ...facts.map(([word, label]) => `${word} is ${label}`)].join('\n').trim()
  return isFree ? `\`\`\`\n${text}\n\`\`\`` : writeAnswer(prompt, Object.fromEntries(names.map(name => [name, text])))
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

/** Grades a label on a scale from 1 to 5: full marks where it is the expected one, next to nothing where it is no label at all. */
function judgement(prompt: Prompt): string {
  const colour = new RegExp(`"label": ?"(${toyLabels.join('|')})"`)
  const { program_outputs: given = '', expected_outputs: wanted = '' } = prompt.request
  const [label, right] = [colour.exec(given)?.[1], colour.exec(wanted)?.[1]]
  const reasons =
    label === right ? `${label ?? 'The label'} is what was asked for.` : `Expected: ${right ?? 'a label'}, not ${label ?? given}.`
  const score = label === undefined ? 1 : label === right ? 5 : 2
  return writeAnswer(prompt, { reasons, score })
}

/** Advice for each module that Refine names. */
function advice(prompt: Prompt, seed: string): string {
  const names = [...(prompt.request['module_names'] ?? '').matchAll(/«?(\w+)»?/g)].map(match => match[1] ?? '')
  const texts = Object.fromEntries(names.filter(name => name !== '').map(name => [name, `Look again, ${seed.slice(0, 4)}.`]))
  return writeAnswer(prompt, { discussion: 'The label was off.', advice: texts })
}

/** The next turn of an agent: looks the word up where a demo or the instructions say so, or by luck; then it is done. */
function agentStep(prompt: Prompt, word: string, { settings }: PlainChatRequest, rollout: number): string {
  const isTaught =
    prompt.instructions.includes('lookup first') || prompt.demos.some(({ outputs }) => outputs['next_tool_name'] === 'lookup')
  const isCurious = isTaught || share(`curious ${word} ${rollout} ${settings.temperature ?? 0}`) < 0.5
  const tool = trajectoryIn(prompt.request)?.length || !isCurious ? 'finish' : 'lookup'
  return writeAnswer(prompt, {
    next_thought: `The word is ${word}.`,
    next_tool_name: tool,
    next_tool_args: tool === 'lookup' ? { word } : {},
  })
}

function answer(request: PlainChatRequest, rollout: number): string {
  const written = readPrompt(request.messages)
  const conversation = conversationTurn(written, request.messages)
  const prompt = conversation?.prompt ?? written
  const word = wordIn(prompt.request)
  if (prompt.tools.length > 0) return agentStep(prompt, word, request, rollout)
  const seen = trajectoryIn(prompt.request)?.find(({ observation }) => toyLabels.some(label => label === observation))?.observation
  const known = prompt.demos.find(({ inputs, outputs }) => (inputs['keyword'] ?? inputs['text'] ?? '').includes(word) && outputs['label'])
  const told = prompt.instructions.match(new RegExp(`${word} is (${toyLabels.join('|')})`))?.[1]
  const luck = `${word} ${rollout} ${request.settings.temperature ?? 0}`
  const guess = toyLabels[Math.floor(share(luck) * toyLabels.length)]
  const ran = toyLabels.find(
    one =>
      (prompt.request['code_output'] ?? prompt.request['trajectory'])?.includes(`"${one}"`) ||
      prompt.request['repl_history']?.endsWith(`\n${one}`),
  )
  const label = seen ?? ran ?? known?.outputs['label'] ?? told ?? guess ?? 'red'
  // Its first program fails now and then.
  const slips =
    prompt.request['previous_code'] === undefined &&
    !prompt.request['repl_history']?.includes('nothing') &&
    !prompt.request['trajectory']?.includes('nothing') &&
    share(`slip ${luck}`) < 0.3
  return writeAnswer(prompt, {
    reasoning: `The word is ${word}.`,
    // Of RLM: it asks about the word first, and submits what came of that.
    code: slips
      ? 'nothing.here'
      : prompt.request['repl_history']?.includes('llm_query')
        ? `SUBMIT({ label: ${JSON.stringify(label)} })`
        : 'print(llm_query("Which colour? " + text))',
    answer: label,
    rationale: `The word is ${word}, after all.`,
    keyword: word,
    generated_code: slips
      ? 'nothing.here'
      : prompt.instructions.includes('`lookup`')
        ? `print(lookup({ word: '${word}' }))`
        : `SUBMIT({ label: ${JSON.stringify(label)} })`,
    finished: !slips,
    next_thought: `The word is ${word}.`,
    // Where it does not look the word up it guesses.
    tool_calls: {
      tool_calls: [
        prompt.request['trajectory'] || share(`curious ${luck}`) < 0.5
          ? { name: 'submit', args: { label } }
          : { name: 'lookup', args: { word } },
      ],
    },
    label,
  })
}

function wordIn({ keyword, text, variables_info, prompt }: PromptValues): string {
  return keyword ?? (text ?? variables_info ?? prompt)?.match(/item (\w+)/)?.[1] ?? ''
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
