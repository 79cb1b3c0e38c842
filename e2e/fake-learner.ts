import { readPrompt } from '../src/engine/adapters/prompt/read-prompt'
import { writeAnswer } from '../src/engine/adapters/prompt/write-answer'
import { typedAnswer } from './fake-answer'
import type { FakeRequest } from './fake-openai'

/**
 * A model for the toy project that knows what a demo shows of a word or its instructions say (`apple is fruit`), and guesses otherwise.
 * Asked for a better instruction it adds one thing the examples show, so that a search by reflection climbs by one word a time.
 */
export function learnerAnswer(request: FakeRequest): string {
  const last = request.messages.at(-1)?.content ?? ''
  const fence = /```\n([\s\S]*?)\n```/.exec(last)?.[1]
  if (fence !== undefined) return betterInstruction(fence, last)
  const prompt = readPrompt(request.messages)
  const word = wordIn(prompt.request['text'])
  const shown = prompt.demos.find(({ inputs }) => wordIn(inputs['text']) === word)
  const label = new RegExp(`${word} is (fruit|tool)`).exec(prompt.instructions)?.[1] ?? shown?.outputs['label']
  return label === undefined ? typedAnswer(request) : writeAnswer(prompt, { label })
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

function wordIn(text = ''): string {
  return /\ba (\w+) number/.exec(text)?.[1] ?? ''
}
