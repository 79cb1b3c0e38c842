import { finishTool } from '@/engine/base/agent-words'
import { isStopWord, sentences, stem, words } from '../text/words'
import { namesIn } from './names'

/** Advice and what the questions were about that it was given for. */
interface Note {
  readonly sentence: string
  readonly about: readonly string[]
}

/**
 * What feedback on an agent's work teaches: each piece of advice with telling words of the questions it came with, since the advice
 * alone does not say when it holds. Notes that the instruction has already grow by the new words. Undefined for other work.
 */
export function withNotedAdvice(instruction: string, evidence: string): string | undefined {
  const records = recordsIn(evidence)
  if (records.length === 0) return undefined
  const fresh = records.flatMap(({ question, advice }) => advice.map(sentence => ({ sentence, about: tellingWords(question) })))
  const lines = instruction.split('\n')
  const notes = lines.flatMap(line => noteIn(line) ?? [])
  const all = merged([...notes, ...fresh])
  return [
    ...lines.filter(line => noteIn(line) === undefined),
    ...all.map(({ sentence, about }) => `- About ${about.join(', ')}: ${sentence}`),
  ].join('\n')
}

interface Recorded {
  readonly question: string
  readonly advice: readonly string[]
}

/** Questions with the advice they got, out of a text that shows an agent's work record by record. */
function recordsIn(evidence: string): readonly Recorded[] {
  return evidence.split(/^#+ *(?:example|record|case) #?\d+.*$/im).flatMap(part => {
    const inputs = /^#+ *inputs?\b.*\n([\s\S]*?)\n#+ *trajectory\b/im.exec(part)?.[1]
    const feedback = /^[^\w\n]*feedback\W{0,4}(.*)$/im.exec(part)?.[1]
    if (inputs === undefined || feedback === undefined) return []
    const question = inputs
      .split('\n')
      .filter(line => !line.startsWith('#'))
      .join(' ')
    const advice = sentences(feedback).filter(isAdvice)
    return [{ question, advice: advice.length > 0 || !/\bscore 1(?:\.0+)? of 1\b/i.test(feedback) ? advice : waySeen(part) }]
  })
}

/** The calls of work that came out right, seen where its end was chosen. */
function waySeen(record: string): readonly string[] {
  if (!/\bnext_tool_name\b/.test(record)) return []
  const tools = [...record.matchAll(/\b(?:next_)?tool_name(?:_\d+)?\b[^\w\n]*\n(\w+)/g)].map(match => match[1] ?? '')
  if (tools.at(-1) !== finishTool || tools.length < 2) return []
  return [`Call ${[...new Set(tools.slice(0, -1))].join(', then ')}, and ${finishTool}.`]
}

export function isAdvice(sentence: string): boolean {
  const size = words(sentence).length
  return (
    size >= 4 &&
    size <= 40 &&
    /\b(should|must|always|never|remember|means|instead|do not|don't|add|subtract|multiply|divide)\b/i.test(sentence)
  )
}

function noteIn(line: string): Note | undefined {
  const [, about = '', sentence] = /^- About ([^:]+): (.+)$/.exec(line) ?? []
  return sentence === undefined ? undefined : { sentence, about: about.split(', ') }
}

function merged(notes: readonly Note[]): readonly Note[] {
  const bySentence = new Map<string, string[]>()
  for (const { sentence, about } of notes) {
    const known = bySentence.get(sentence) ?? []
    bySentence.set(sentence, [...known, ...about.filter(word => !known.some(other => stem(other) === stem(word)))])
  }
  // A note does not grow forever; the newest words are kept.
  return [...bySentence].map(([sentence, about]) => ({ sentence, about: about.slice(-mostWords) }))
}

const mostWords = 24

/** The words of a question that are neither names nor numbers nor in every question. */
function tellingWords(question: string): readonly string[] {
  const bare = namesIn(question).reduce((text, { name, isSure }) => (isSure ? text.replaceAll(name, ' ') : text), question)
  const found = words(bare).filter(word => !isStopWord(word) && !/^\d/.test(word) && word.length > 2 && !plain.has(word))
  return found.length > 0 ? [...new Set(found)] : ['other questions']
}

const plain = new Set(words('how what which who when two three four five six seven eight nine ten'))
