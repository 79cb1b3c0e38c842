import { cutText } from '@/lib/cut-text'

/**
 * What a source is for. It decides how it is written, and what is said of what it returns. All are the user's but `script`, which runs
 * what a model wrote: see `model-script.ts`.
 */
export type SourceKind = 'metric' | 'reward' | 'code' | 'tool' | 'condition' | 'script'

interface SourceWords {
  /** The start of a sentence about it. */
  readonly what: string
  /** What it should return, after "Return". */
  readonly wanted: string
  /** `expression`: a function written out. `body`: the body of a function of `inputs`. */
  readonly form: 'expression' | 'body'
  /** The parameters it is called with. */
  readonly head: string
  /** True: each call runs in a machine of its own, in which nothing ran before. */
  readonly isFresh?: true
}

/** What a script finds in place, and takes away before it runs anything of a model's. */
export const pauseName = 'pauseScript'

const scoreWanted = 'a number, a boolean or { score, feedback }'

export const sourceWords: Readonly<Record<SourceKind, SourceWords>> = {
  metric: { what: 'The metric', wanted: scoreWanted, form: 'expression', head: '(example, prediction, trace)' },
  reward: { what: 'The reward function', wanted: scoreWanted, form: 'expression', head: '(inputs, outputs)' },
  code: { what: 'The code', wanted: 'an object with one value for each output', form: 'body', head: '(inputs)' },
  condition: { what: 'The condition', wanted: 'true or false', form: 'body', head: '(inputs)' },
  script: { what: 'The code', wanted: 'JSON', form: 'body', head: '(inputs)', isFresh: true },
  tool: { what: 'The tool', wanted: 'what the model should read: a text, a number, a list or an object', form: 'body', head: '(inputs)' },
}

/** Why what a function returned cannot be taken. `at` is the place of a part, empty for the whole. */
export type BadReturn =
  | { readonly why: 'nothing' | 'function' | 'symbol' | 'promise' | 'circular' }
  | { readonly why: 'number'; readonly at: string; readonly value: string }
  | { readonly why: 'bigint'; readonly at: string }
  | { readonly why: 'long'; readonly length: number }

/** What came back and what should, as one sentence for the user or, after a tool, for the model. */
export function returnedWords(kind: SourceKind, bad: BadReturn): string {
  const { what, wanted } = sourceWords[kind]
  const place = 'at' in bad && bad.at !== '' ? ` in "${cutText(bad.at, 60)}"` : ''
  switch (bad.why) {
    case 'nothing':
      return `${what} returned nothing. Return ${wanted} on every path.`
    case 'function':
      return `${what} returned a function. Return ${wanted}.`
    case 'symbol':
      return `${what} returned a symbol. Return ${wanted}.`
    case 'promise':
      return `${what} is asynchronous: it returned a promise. Remove async and await: it has nothing to wait for. Return ${wanted}.`
    case 'circular':
      return `${what} returned an object that holds itself (circular). Return ${wanted} without that part.`
    case 'number':
      return `${what} returned ${bad.value}${place}. Look for a division by zero or a missing value.`
    case 'bigint':
      return `${what} returned a BigInt${place}, which JSON does not hold. Turn it into a number or a text.`
    case 'long':
      return `${what} returned ${Math.round(bad.length / 1024)} KB of JSON; at most ${longestResult / 1024 / 1024} MB is taken. Return less.`
    default:
      return bad satisfies never
  }
}

/** Characters of JSON a function may return. */
export const longestResult = 1024 * 1024

/** What `returnedWords` has to say of a value that ran outside the code runner; undefined for one that is taken. */
export function badReturn(value: unknown): BadReturn | undefined {
  if (value === undefined) return { why: 'nothing' }
  if (typeof value === 'function') return { why: 'function' }
  if (typeof value === 'symbol') return { why: 'symbol' }
  if (typeof value === 'string' && value.length > longestResult) return { why: 'long', length: value.length }
  let bad: BadReturn | undefined
  let json: string | undefined
  try {
    json = JSON.stringify(value, (at: string, part: unknown) => {
      if (typeof part === 'number' && !Number.isFinite(part)) bad ??= { why: 'number', at, value: String(part) }
      if (typeof part !== 'bigint') return part
      bad ??= { why: 'bigint', at }
      return null
    })
  } catch (error) {
    if (error instanceof TypeError && /circular/i.test(error.message)) return { why: 'circular' }
    throw error
  }
  if (bad !== undefined) return bad
  if (json === undefined) return { why: 'nothing' }
  return json.length > longestResult ? { why: 'long', length: json.length } : undefined
}
