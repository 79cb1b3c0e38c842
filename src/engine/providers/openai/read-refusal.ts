import type { RefusablePart } from '../../lm/refusable'
import { refusalTexts } from './refusal-texts'

/** A part of a request that a refusal names; `format` where it speaks of response formats without saying which. */
export type NamedPart = RefusablePart | 'format'

/**
 * Which parts of a request a refusal is about: for each text in it the parts it names as not taken, first named first. Whoever sent the
 * request knows which of them were in it. A value out of range is no refusal of the part. Takes linear time.
 */
export function readRefusal(body: string): readonly (readonly NamedPart[])[] {
  return refusalTexts(body)
    .map(text => partsRefusedIn(text.toLowerCase()))
    .filter(parts => parts.length > 0)
}

function partsRefusedIn(text: string): readonly NamedPart[] {
  const said = text
    .split(sentenceEnd)
    .filter(sentence => sentence.length >= shortestName)
    .flatMap(refusedInSentence)
  // Some name the part on one line and say what is wrong with it on the next.
  return unique(said.length > 0 ? said : refusedInSentence(text))
}

function refusedInSentence(sentence: string): readonly NamedPart[] {
  const named = namedIn(sentence)
  if (named.length === 0) return []
  const isRefused = refusalWords.some(word => sentence.includes(word))
  const isRange = rangeWords.test(sentence)
  const namesOther = named.includes('max_tokens') && named.includes('max_completion_tokens')
  return named.filter(part => {
    if (part === 'system') return isRefused || /only|alternate/.test(sentence)
    if (!isRefused) return false
    if (part === 'max_tokens' || part === 'max_completion_tokens') return namesOther || !isRange
    return part === 'format' || part === 'json_schema' || part === 'json_object' || !isRange
  })
}

/** The parts a text names, in the order it names them. Words that may mean something else come last. */
function namedIn(text: string): readonly NamedPart[] {
  const found = names.flatMap(([part, pattern, isWeak]) => {
    const at = text.search(pattern)
    return at < 0 ? [] : [{ part, at: isWeak ? text.length + at : at }]
  })
  if (saysRoles(text)) found.push({ part: 'system', at: 0 })
  return found.toSorted((a, b) => a.at - b.at).map(({ part }) => part)
}

/** Servers that know no system role say which roles they know, or that the two others must alternate. */
function saysRoles(text: string): boolean {
  if (text.includes('optional system')) return false
  if (systemName.test(text)) return true
  if (text.includes('alternate') && text.includes('role')) return true
  if (/\bfirst message|(?:start|begin) with/.test(text) && text.includes('user')) return true
  return /\brole/.test(text) && text.includes('user') && text.includes('assistant')
}

function unique(parts: readonly NamedPart[]): readonly NamedPart[] {
  return [...new Set(parts)]
}

const systemName =
  /\bsystem[ _-](?:role|message|prompt|instruction)|\brole\W{0,4}system\b|\bsystem\b.{0,40}\brole\b|message role|['"`]system['"`]|developer (?:instruction|message|role)/

const names: readonly (readonly [NamedPart, RegExp, isWeak?: true])[] = [
  ['json_schema', /json[ _-]?schema|response[ _-]?(?:json[ _-]?)?schema|structured[ _-]?output|guided[ _-](?:json|decoding)/],
  ['json_schema', /\bschema\b|additionalproperties|\bgrammar\b/, true],
  ['json_object', /json[ _-]?object|json[ _-]mode/],
  ['format', /response[ _-]?(?:format|mime[ _-]?type)|output[ _-]?(?:format|config)/],
  ['max_completion_tokens', /max[ _-]?completion[ _-]?tokens/],
  ['max_tokens', /max[ _-]?tokens/],
  ['temperature', /\btemperature\b/],
  ['top_p', /\btop[ _-]?p\b/],
  ['stop', /\bstop(?:[ _-]?(?:sequence|word|string|token)s?)?\b/],
  ['seed', /\bseed\b/],
  ['stream_options', /stream[ _-]?options|include[ _-]?usage/],
  ['stream', /\bstream(?:ing|ed)?\b/, true],
  ['reasoning_effort', /reasoning[ _.-]?effort/],
  ['reasoning_effort', /\breasoning\b|\bthinking\b/, true],
  ['tool_choice', /tool[ _-]?choice/],
  ['tools', /\btools\b|\btool[ _-]?(?:use(?!_failed)|using|usage|call)|\bfunction[ _-]?call/],
]

/** `stop`, `seed` */
const shortestName = 4
const sentenceEnd = /[.!?;](?=\s|$)|\n/

const refusalWords: readonly string[] = [
  'not support',
  'does not',
  'do not',
  "doesn't",
  "don't",
  'no support',
  'unsupported',
  'unknown',
  'unrecogni',
  'not recogni',
  'unexpected',
  'not allowed',
  'not permitted',
  'not accept',
  'not available',
  'unavailable',
  'not implement',
  'not enabled',
  'not compatible',
  'incompatible',
  'not valid',
  'not one of',
  'not take',
  'not understand',
  'not known',
  'no such',
  'disabled',
  'disallow',
  'forbidden',
  'prohibited',
  'invalid',
  'illegal',
  'extra inputs',
  'extra fields',
  'extra_forbidden',
  'additional properties',
  'must be',
  'must not',
  'should be',
  'should not',
  'cannot',
  "can't",
  'can not',
  'deprecated',
  'no longer',
  'only the default',
  'only supports',
  'only accepts',
  'are supported',
  'is supported',
  'instead',
  'remove',
  'reject',
  'refuse',
  'failed to',
  'unable',
  'requires --',
  'no endpoints',
  'mutually exclusive',
]

const rangeWords =
  /\bbetween\b|\bat (?:most|least)\b|\b(?:less|greater|more|fewer|larger|smaller|higher|lower|longer) than\b|\btoo (?:large|small|high|low|big|long|many|short)\b|\brange\b|[<>≤≥]|\bmaximum\b|\bminimum\b|\bexceed|\blimit of\b|\binteger\b|\bpositive\b/
