import { boundedCache } from '@/lib/bounded-cache'
import { bagOf, type Bag } from '../text/bag'
import { topicsOf } from '../text/lexicon'
import { readProblem, type Quantity } from '../text/quantities'
import { isStopWord, stem } from '../text/words'

/** What a question asks, whatever it asks it about: names and numbers stand for any other. */
export function shapeOf(question: string): Bag {
  return shapes.of(question, () => {
    const names = [...namesIn(question)].sort((a, b) => b.name.length - a.name.length)
    const bare = names.reduce((text, { name, isSure }) => (isSure ? text.replaceAll(name, ' ') : text), question)
    const isMany = readProblem(question).quantities.some(isCount)
    const bag = new Map(bagOf(bare.replace(/\d+/g, ' ')))
    // Several pieces or one: that changes what has to be done more than any word.
    bag.set(isMany ? 'w:several' : 'w:single', 1.5)
    return bag
  })
}

const shapes = boundedCache<Bag>(4096)

/** A number of pieces, as in "three lamps". */
export function isCount({ value, kind, unit }: Quantity): boolean {
  return kind === 'plain' && Number.isInteger(value) && value >= 2 && unit !== '$'
}

/** Runs of capitalised words, those that merely begin a sentence last: they may be plain words. */
export function namesIn(text: string): readonly { readonly name: string; readonly isSure: boolean }[] {
  const found = [...text.matchAll(/(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}'’-]*(?: (?:of |the |de )?\p{Lu}[\p{L}\p{N}'’-]*)*/gu)]
  return found
    .flatMap(({ 0: name, index }) => {
      const isOpening = index === 0 || /[.!?:]["')\]]?\s+$/.test(text.slice(0, index))
      if (!isOpening) return name.length > 1 ? [{ name, isSure: true }] : []
      const first = (name.split(' ')[0] ?? '').toLowerCase()
      const rest = name.slice(first.length).replace(/^ (?:of |the |de )?/, '')
      const isPlain = isStopWord(first) || topicsOf(stem(first)).length > 0 || asking.test(first)
      return [...(rest.length < 2 ? [] : [{ name: rest, isSure: true }]), ...(isPlain ? [] : [{ name, isSure: rest.length > 1 }])]
    })
    .sort((one, other) => Number(other.isSure) - Number(one.isSure))
}

const asking =
  /^(?:what|which|who|how|when|where|why|tell|show|give|find|please|i|do|does|did|can|could|is|are|will|would|if|my|the|a|an|and|for|in|on|at)\b/i
