import { markerAnswer, readMarkers } from './fake-answer'
import type { FakeRequest } from './fake-openai'

/**
 * A model for the toy project that knows what a demo shows of a word or its instructions say (`apple is fruit`), and guesses otherwise.
 * Asked for a better instruction it adds one thing the examples show, so that a search by reflection climbs by one word a time.
 */
export function learnerAnswer(request: FakeRequest): string {
  const last = request.messages.at(-1)?.content ?? ''
  const fence = /```\n([\s\S]*?)\n```/.exec(last)?.[1]
  if (fence !== undefined) return betterInstruction(fence, last)
  const word = wordIn(readMarkers(last).inputs['text'] ?? '')
  const told = new RegExp(`${word} is (fruit|tool)`).exec(request.messages[0]?.content ?? '')?.[1] ?? labelInDemos(request, word)
  return told === undefined ? markerAnswer(request) : `[[ ## label ## ]]\n${told}\n\n[[ ## completed ## ]]`
}

function betterInstruction(current: string, examples: string): string {
  const shown = examples.split(/^# Example \d+$/m).slice(1)
  const facts = shown.flatMap(example => {
    const label = /## Expected\n### label\n(\w+)/.exec(example)?.[1]
    return label === undefined ? [] : [`${wordIn(example)} is ${label}`]
  })
  const fresh = facts.find(fact => !current.includes(fact))
  return `\`\`\`\n${fresh === undefined ? current : `${current}\n${fresh}`}\n\`\`\``
}

function labelInDemos({ messages }: FakeRequest, word: string): string | undefined {
  const at = messages.findIndex(({ role, content }, index) => role === 'user' && index < messages.length - 1 && wordIn(content) === word)
  return at < 0 ? undefined : readMarkers(messages[at + 1]?.content ?? '').inputs['label']
}

function wordIn(text: string): string {
  return /\ba (\w+) number/.exec(text)?.[1] ?? ''
}
