import { listedLabels } from './text/labels'
import { characteristicWords, pairsIn } from './text/labelled-texts'
import type { Noise } from './text/noise'
import type { PromptValues } from '@/engine/adapters/prompt/prompt'
import { isAdvice, withNotedAdvice } from './agent/noted-advice'
import { sentences } from './text/words'
import { trimEndOf } from '@/lib/trim-of'

/**
 * Writes an instruction from what a request shows: the current one, labelled examples or failures in any common layout, and
 * feedback. Its rules are written so that a reader of instructions, this model among them, can apply them.
 */
export function instructionFrom(request: PromptValues, wish: string, noise: Noise): string {
  const base = currentInstruction(request)
  const rest = Object.entries(request)
    .filter(([, value]) => value !== base)
    .map(([name, value]) => `${name}:${opensWithKey.test(value) ? '\n' : ' '}${value}`)
    .join('\n')
  return compose(base, rest, `${wish}\n${rest}`, noise)
}

/** A value that is itself a list of `key: value` lines starts on a line of its own, or its first key would be lost. */
const opensWithKey = /^\s*[\w ]{1,30}:/

/** The same for a request in free prose, with the current instruction in a ``` fence. Undefined when none is asked for. */
export function instructionFromProse(text: string, noise: Noise): string | undefined {
  if (!/\binstructions?\b/i.test(text)) return undefined
  const fences = [...text.matchAll(/```[a-z]*\n?([\s\S]*?)```/g)].map(match => (match[1] ?? '').trim())
  const base = fences[0]
  if (base === undefined) return undefined
  return `\`\`\`\n${compose(base, text.replace(base, ''), text, noise)}\n\`\`\``
}

/** The leading words of an output field, for optimizers that also ask for those. */
export function prefixFrom(request: PromptValues): string {
  const named = [...currentInstruction(request).matchAll(/`(\w+)`/g)].at(-1)?.[1] ?? 'answer'
  return `${named.charAt(0).toUpperCase()}${named.slice(1).replace(/_/g, ' ')}:`
}

function compose(base: string, evidence: string, everything: string, noise: Noise): string {
  const noted = withNotedAdvice(base, evidence)
  if (noted !== undefined) return noted
  const pairs = pairsIn(evidence)
  const wordCount = 5 + noise.pick('words', 4)
  const rules = [...characteristicWords(pairs, wordCount)].filter(([, list]) => list.length > 0)
  const known = new Set(pairs.map(pair => pair.label))
  const options = labelsNamed(everything)
  const lines = [
    withoutOldRules(
      base,
      rules.map(([label]) => label),
    ),
  ]
  if (rules.length > 0) {
    lines.push(openings[noise.pick('opening', openings.length)] ?? '')
    for (const [label, list] of rules) lines.push(`- Use \`${label}\` for: ${list.join(', ')}.`)
    const unseen = options.filter(label => !known.has(label))
    if (unseen.length > 0) lines.push(`Other possible answers: ${unseen.map(label => `\`${label}\``).join(', ')}.`)
  } else if (options.length > 0) lines.push(`Answer with exactly one of: ${options.join(', ')}.`)
  const advice = adviceIn(evidence)
  if (advice.length > 0) lines.push(...advice.map(sentence => `- ${sentence}`))
  if (rules.length === 0 && advice.length === 0) lines.push(generalAdvice[noise.pick('advice', generalAdvice.length)] ?? '')
  return lines.filter(line => line.trim() !== '').join('\n')
}

const openings = [
  'Decide by what the text is mainly about:',
  'Weigh the words that stand out, by these rules:',
  'Apply these rules, found in worked examples:',
]
const generalAdvice = [
  'Work through the input step by step and name the evidence before you answer.',
  'Read the whole input first, then give only what is asked for.',
  'Be precise: rest the answer on words of the input alone.',
  'Note the numbers and what is asked of them, then work in small steps.',
]

function currentInstruction(request: PromptValues): string {
  const attempts = Object.entries(request).find(([name]) => /attempt/i.test(name))?.[1]
  if (attempts !== undefined) {
    const best = [
      ...attempts.matchAll(
        /Instruction #?\d*:\s*([\s\S]*?)(?=(?:,?\s*["'[(«]*(?:\[\d+\]\s*«)?(?:Prefix|Instruction|Resulting Score) #?\d*:)|$)/gi,
      ),
    ].at(-1)?.[1]
    if (best !== undefined)
      return trimEndOf(best, /["'»\]\s]/)
        .replace(/\\n/g, '\n')
        .trim()
  }
  const named = Object.entries(request).filter(([name]) => /instruction|prompt/i.test(name))
  const value = (named.find(([name]) => /current|basic|base|original/i.test(name)) ?? named[0])?.[1] ?? ''
  return value.trim()
}

/** Rules of an earlier round for labels that get new ones are dropped, so that instructions do not grow without end. */
function withoutOldRules(base: string, labels: readonly string[]): string {
  return base
    .split('\n')
    .filter(
      line =>
        !openings.includes(line) &&
        !labels.some(label => line.startsWith(`- Use \`${label}\` for:`)) &&
        !line.startsWith('Other possible answers:'),
    )
    .join('\n')
    .trim()
}

function labelsNamed(text: string): string[] {
  const literal = /Literal\[([^\]]+)\]/.exec(text)?.[1]
  if (literal !== undefined) return [...literal.matchAll(/'([^']+)'|"([^"]+)"/g)].map(match => match[1] ?? match[2] ?? '')
  return [...(listedLabels(/(?:one of|options)[^.\n]*/i.exec(text)?.[0] ?? '') ?? [])]
}

/** Sentences of feedback that tell what to do, each once, at most four. */
function adviceIn(text: string): string[] {
  const found: string[] = []
  for (const line of text.split('\n')) {
    const body =
      /feedback\W{0,4}(.*)$/i.exec(line)?.[1] ??
      (/^\s*(?:[-*]\s*)?(?:remember|always|never|make sure|do not|don't|note that)\b/i.test(line) ? line : '')
    for (const sentence of sentences(body)) {
      const clean = sentence.replace(/^[-*\s"']+/, '').trim()
      if (isAdvice(clean) && !found.includes(clean)) found.push(clean)
    }
  }
  return found.slice(0, 4)
}
