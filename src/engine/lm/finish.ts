import type { Finish } from './lm'

/** Reads the word with which a provider says how its answer ended. A word nobody knows counts as a normal end. */
export function finishOf(word: unknown): Finish {
  if (typeof word !== 'string') return 'stop'
  return (
    finishes.get(
      word
        .slice(0, longest)
        .toLowerCase()
        .replaceAll(/[^a-z]/g, ''),
    ) ?? 'stop'
  )
}

/** No provider has a longer word for it. */
const longest = 100

const words: Readonly<Record<Exclude<Finish, 'stop'>, string>> = {
  length: 'length maxtokens maxoutputtokens maxlength tokenlimit modellength modelcontextwindowexceeded contextlength incomplete',
  'tool-calls': 'toolcalls toolcall tooluse functioncall',
  filter:
    'contentfilter contentfiltered filter safety recitation prohibitedcontent blocklist spii refusal sensitive guardrailintervened guardrails',
  error: 'error failed networkerror malformedfunctioncall insufficientsystemresource abort aborted cancelled canceled',
}

const finishes: ReadonlyMap<string, Finish> = new Map(
  (['length', 'tool-calls', 'filter', 'error'] as const).flatMap(finish => words[finish].split(' ').map(word => [word, finish] as const)),
)
