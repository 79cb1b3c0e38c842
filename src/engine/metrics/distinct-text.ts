/**
 * The words of a text as the careful rule compares them: case, quotes, emphasis, closing punctuation and articles in front of a word do
 * not count. What tells two answers apart stays: signs, decimal points, operators, units, a name that is an article (`Plan A`). A text of
 * which nothing would stay is compared as it is. Linear in the length of the text.
 */
export function distinctWords(text: string): readonly string[] {
  const words = allWords(text)
  return words.filter((word, index) => !isArticle(word, words[index + 1]))
}

/** Two texts are the same answer if and only if these are equal. */
export function distinctText(text: string): string {
  return distinctWords(text).join(' ')
}

/** The same with every article left in. */
export function allWords(text: string): readonly string[] {
  const plain = text.normalize('NFD').toLowerCase().replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/−/g, '-')
  const prepared = plain
    .replace(listMark, '')
    .replace(groupedNumber, number => number.replaceAll(',', ''))
    .replace(innerMark, '')
    .replace(betweenWords, ' ')
  const drops = droppable(prepared)
  const words = prepared.split(/\s+/).flatMap(word => bare(word, drops) || [])
  return words.length > 0 ? words : plain.split(/\s+/).filter(word => word !== '')
}

export function isArticle(word: string, next: string | undefined): boolean {
  if (next === undefined || !articles.has(word)) return false
  // "A or B" and "a b" name things; "a cat" and "the 5" do not.
  return word === 'the' || (/^[\p{L}\p{M}]{2}/u.test(next) && !joins.has(next))
}

const articles: ReadonlySet<string> = new Set(['a', 'an', 'the'])
const joins: ReadonlySet<string> = new Set(['and', 'or', 'nor', 'vs', 'is', 'was'])

/** `- Paris` in a list, `# Paris` as a heading. */
const listMark = /^[ \t]*(?:[-*•>]|#{1,6})[ \t]+(?=[\p{L}"'([*_])/gmu
/** `1,250,000`: one reading only. `0,125` and `1,25` are no groups. */
const groupedNumber = /(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])/g
/** `don't`, `U.S.`, `e-mail`; not `x-y`, `3-8`, `-5`. */
const innerMark = /(?<=[\p{L}\p{M}])['.](?=\p{L})|(?<=[\p{L}\p{M}]{2})-(?=\p{L})|(?<=[\p{L}\p{M}])-(?=[\p{L}\p{M}]{2})/gu
/** Commas, semicolons and colons, but for those of numbers: `1,5`, `,5`, `10:30`. */
const betweenWords = /;|[,:](?!\d)|(?<=[^\s\d+-])[,:]|(?<!\d):/g

interface Droppable {
  /** Emphasis marks that stand in pairs: `**Paris**` has them, `A*` has not. */
  readonly emphasis: ReadonlySet<string>
  /** Quotation marks that do not come out even: `5"` is a length. */
  readonly oddQuotes: ReadonlySet<string>
}

function droppable(text: string): Droppable {
  const emphasis = (['*', '_'] as const).filter(mark => {
    const [opening, closing] = emphasisEnds[mark]
    const opened = countOf(text, opening)
    return opened > 0 && opened === countOf(text, closing)
  })
  const oddQuotes = ['"', "'"].filter(quote => (text.split(quote).length - 1) % 2 === 1)
  return { emphasis: new Set(emphasis), oddQuotes: new Set(oddQuotes) }
}

const emphasisEnds = {
  '*': [/(?<![^\s"'([])\*{1,3}(?=[^\s*])/g, /(?<=[^\s*])\*{1,3}(?![^\s"')\].,;:!?])/g],
  _: [/(?<![^\s"'([])_{1,3}(?=[^\s_])/g, /(?<=[^\s_])_{1,3}(?![^\s"')\].,;:!?])/g],
} as const

function countOf(text: string, pattern: RegExp): number {
  let count = 0
  for (const _ of text.matchAll(pattern)) count += 1
  return count
}

/** A word without what stands around it. Empty where nothing else is in it. */
function bare(word: string, { emphasis, oddQuotes }: Droppable): string {
  const balance = new Map(brackets.map(([open, close]) => [open, countOfLetter(word, open) - countOfLetter(word, close)]))
  let from = 0
  let to = word.length
  for (;;) {
    const [first = '', last = ''] = [word[from], word[to - 1]]
    if (from >= to) return ''
    const opened = brackets.find(([open]) => open === first)
    const closed = brackets.find(([, close]) => close === last)
    const [opens = 0, closes = 0] = [opened && balance.get(opened[0]), closed && balance.get(closed[0])]
    if (opened && opened === closed && opens === 0 && to - from > 1) {
      from += 1
      to -= 1
    } else if (opened && opens > 0) {
      balance.set(opened[0], opens - 1)
      from += 1
    } else if (closed && closes < 0) {
      balance.set(closed[0], closes + 1)
      to -= 1
    } else if (first === '`' || first === '"' || first === "'" || emphasis.has(first)) from += 1
    else if (first === '.' && (word[from + 1] === '.' || to - from === 1)) from += 1
    else if (last === '`' || emphasis.has(last) || closing.has(last)) to -= 1
    else if ((last === '"' || last === "'") && !(oddQuotes.has(last) && /\d/.test(word[to - 2] ?? ''))) to -= 1
    else return word.slice(from, to)
  }
}

const brackets = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
] as const
const closing: ReadonlySet<string> = new Set(['.', '!', '?', ',', ':'])

function countOfLetter(word: string, letter: string): number {
  let count = 0
  for (let at = word.indexOf(letter); at >= 0; at = word.indexOf(letter, at + 1)) count += 1
  return count
}
