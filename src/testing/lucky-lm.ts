import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { chatOf } from './chat-of'
import type { Lm } from '@/engine/lm/lm'
import { simulatedLm, type SimulatedLm } from './simulated-lm'
import { toyLabelOf, toyLabels, toyWords } from './toy-programs'

/**
 * Names the keyword of the toy task always, and its label two times in three, by all that its prompt says: several prompts together are better
 * than one. The fixtures in `ensembles-2026-11-22` were written with it, salted by 3.
 */
export function luckyLm(salt: number): SimulatedLm {
  const plain = simulatedLm()
  const lm: Lm = {
    capabilities: plain.capabilities,
    async generate(request, call) {
      const answer = await plain.generate(request, call)
      const { messages } = chatOf(request)
      const asked = messages.at(-1)?.content ?? ''
      const word = toyWords.find(each => asked.includes(each)) ?? ''
      const isLucky = Number.parseInt(sha256Hex(`${salt} ${canonicalJson(messages)}`).slice(0, 8), 16) % 3 > 0
      const label = isLucky ? toyLabelOf(word) : toyLabels.find(each => each !== toyLabelOf(word))
      const text = answer.text
        .replace(/(\[\[ ## keyword ## \]\]\n)[^\n]*/, (_found, head: string) => head + word)
        .replace(/(\[\[ ## label ## \]\]\n)[^\n]*/, (_found, head: string) => head + label)
      return { ...answer, text }
    },
  }
  return {
    ...lm,
    get count() {
      return plain.count
    },
    asked: plain.asked,
  }
}
