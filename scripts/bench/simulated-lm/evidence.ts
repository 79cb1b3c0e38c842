/** A worked example found in a request: a text and the answer that is right for it. */
export interface Pair {
  readonly text: string
  readonly answer: string
}

interface Mark {
  readonly key: string
  readonly value: string
  readonly isHeading: boolean
}

/**
 * Finds worked examples in any of the layouts prompts use: `name: value` lines, Markdown headings, `[[ ## name ## ]]` blocks, JSON and
 * Python literals. The longest field is taken for the text, the last short one for the answer; what a record expects, or what a
 * feedback says was expected, outweighs the answer that was given.
 */
export function pairsIn(evidence: string): readonly Pair[] {
  const records = recordsOf(marksIn(evidence))
  const lengths = new Map<string, number[]>()
  for (const { values } of records) {
    for (const [key, value] of Object.entries(values)) lengths.set(key, [...(lengths.get(key) ?? []), value.length])
  }
  // The middle one: the last value of all may run on into the words behind the examples.
  const length = (key: string) => lengths.get(key)?.toSorted((a, b) => a - b)[Math.floor((lengths.get(key)?.length ?? 0) / 2)] ?? 0
  // What stands in one record only is a remark around the examples.
  const most = Math.max(0, ...[...lengths.values()].map(values => values.length))
  const keys = [...lengths.keys()].filter(
    key =>
      (lengths.get(key)?.length ?? 0) > (most > 1 ? most / 2 : 0) &&
      !/reason|feedback|rationale|instruction|score|prefix|example/i.test(key),
  )
  const textKey = keys.toSorted((a, b) => length(b) - length(a))[0]
  const answerKey = keys.filter(key => key !== textKey && length(key) <= 30).at(-1)
  if (textKey === undefined) return []
  return records.flatMap(({ values, expected }) => {
    const text = values[textKey]
    const told = Object.entries(values).find(([key]) => /feedback/i.test(key))?.[1] ?? ''
    const wanted = /expected\s+["'`]?([\w.-]*\w)/i.exec(told)?.[1]
    const isWrong = /score\D{0,12}0(?:\.0+)?(?!\.?\d)/i.test(told)
    const given = answerKey === undefined || isWrong ? undefined : values[answerKey]
    const answer = (expected ?? wanted ?? given)?.split('\n')[0]?.trim()
    return text === undefined || text.length < 12 || answer === undefined ? [] : [{ text, answer }]
  })
}

function marksIn(evidence: string): readonly Mark[] {
  const found = [
    ...evidence.matchAll(
      /^\s*#{1,6} (?<heading>[\w ]+?)\s*$|^\[\[ ## (?<block>\w+) ## \]\]|^\W{0,4}(?<line>[A-Za-z]\w*(?: \w+)?): ?|["'](?<quoted>\w+)["']: ?/gm,
    ),
  ]
  const counts = new Map<string, number>()
  const keyOf = (match: RegExpExecArray) => {
    const { heading, block, line, quoted } = match.groups ?? {}
    return (heading ?? block ?? line ?? quoted ?? '').toLowerCase().replace(/\s+/g, '_')
  }
  for (const match of found) counts.set(keyOf(match), (counts.get(keyOf(match)) ?? 0) + 1)
  // A colon in a sentence looks like a name; a name of a field comes again.
  const kept = found.filter(
    match => match.groups?.['line'] === undefined || (counts.get(keyOf(match)) ?? 0) > 1 || /feedback/i.test(keyOf(match)),
  )
  return kept.map((match, at) => ({
    key: keyOf(match),
    value: unquoted(evidence.slice(match.index + match[0].length, kept[at + 1]?.index)),
    isHeading: match.groups?.['heading'] !== undefined,
  }))
}

function unquoted(text: string): string {
  const value = text.trim()
  const quoted = /^(["'])((?:\\.|(?!\1).)*)\1/s.exec(value)?.[2]
  return (quoted ?? value.replace(/[,}\])]+$/, '').replace(/^\W+$/gm, '')).replace(/\\(['"])/g, '$1').trim()
}

function recordsOf(marks: readonly Mark[]) {
  const records: { values: Record<string, string>; expected?: string }[] = []
  let isExpected = false
  for (const { key, value, isHeading } of marks) {
    const open = records.at(-1)
    if (isHeading && value === '') {
      isExpected = /expect|correct|label|gold|oracle/.test(key)
      if (/^(?:example|item)_\d+$/.test(key)) records.push({ values: {} })
    } else if (isExpected && open !== undefined) {
      open.expected = value
      isExpected = false
    } else if (value !== '') {
      if (open === undefined || key in open.values) records.push({ values: { [key]: value } })
      else open.values[key] = value
    }
  }
  return records
}
