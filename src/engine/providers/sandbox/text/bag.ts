import { boundedCache } from '@/lib/bounded-cache'
import { topicsOf, topicWeight } from './lexicon'
import { isStopWord, stem, words } from './words'

/** A text as weighted features: `w:` stems, `b:` neighbouring stems, `g:` letter runs, `f:` turns of phrase, `t:` topics. */
export type Bag = ReadonlyMap<string, number>

/** The features of a text. Cached: the same demo is read on every call of a run. */
export function bagOf(text: string): Bag {
  return bags.of(text, makeBag)
}

const bags = boundedCache<Bag>(4096)

function makeBag(text: string): Bag {
  const bag = new Map<string, number>()
  let previous = ''
  let negatedFor = 0
  const all = words(text)
  // How something is said: a question, a wish, a complaint. Function words carry that, in pairs.
  all.forEach((word, at) => {
    if (isStopWord(word) && at + 1 < all.length) bag.set(`f:${word} ${isStopWord(all[at + 1] ?? '') ? (all[at + 1] ?? '') : '_'}`, 0.35)
  })
  bag.set(`f:^${all[0] ?? ''}`, 0.6)
  if (text.includes('?')) bag.set('f:?', 0.7)
  if (text.includes('!')) bag.set('f:!', 0.4)
  for (const clause of text.split(/[,.;:!?\n]+/)) {
    negatedFor = 0
    for (const word of words(clause)) {
      if (negators.has(word)) negatedFor = 4
      else negatedFor -= 1
      if (isStopWord(word)) continue
      const stemmed = stem(word)
      const weight = commonWords.has(stemmed) ? 0.35 : 1
      bag.set(`w:${stemmed}`, weight)
      if (previous !== '') bag.set(`b:${previous} ${stemmed}`, 0.6)
      for (let at = 0; word.length >= 5 && at + 4 <= word.length; at += 1) bag.set(`g:${word.slice(at, at + 4)}`, 0.2)
      for (const topic of topicsOf(stemmed)) {
        const name = negatedFor > 0 ? (opposites[topic] ?? topic) : topic
        bag.set(`t:${name}`, topicWeight(name) * Math.min(1.2, (bag.get(`t:${name}`) ?? 0) / topicWeight(name) + 0.4))
      }
      previous = stemmed
    }
  }
  return bag
}

const negators = new Set(words('not no never dont doesnt didnt isnt wasnt cant cannot wont nor neither hardly without'))
const opposites: Readonly<Record<string, string>> = { praise: 'complaint', complaint: 'praise' }

/** Words that say little about a topic in most texts. */
const commonWords = new Set(
  words(
    `know see make made say said tell told go going went come came back way thing time day today still even now since try tried look able
     new use using work works working give take put let ask asked work lot bit well much many something anything nothing anyone someone two
     three first last next week ago month year keep help would yes no ok good show happen start set find found think`,
  ).map(stem),
)
