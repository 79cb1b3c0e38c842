import type { EngineError } from '../base/errors'
import { presetOf } from './openai/endpoint-presets'
import { allowHint, isLoopbackHost, isPrivateHost } from './openai/hosts'

export type ConnectionProblem = 'wrong-key' | 'wrong-url' | 'cors' | 'unreachable' | 'model-not-found' | 'quota' | 'other'

export interface ConnectionReport {
  readonly ok: boolean
  readonly problem?: ConnectionProblem
  /** Plain words: what happened and what to do. */
  readonly message: string
  readonly models: readonly string[]
}

/** What can be asked of the endpoint whose connection is tested. */
export interface Probe {
  readonly model: string
  readonly url: URL
  readonly host: string
  readonly hasKey: boolean
  readonly pageOrigin?: string
  list(): Promise<{ readonly models?: readonly string[]; readonly error?: EngineError }>
  ask(): Promise<EngineError | undefined>
  /** How many numbers its vectors have; undefined where it makes none. */
  embed(): Promise<number | undefined>
  /** True when something answers there, read or not. */
  isThere(): Promise<boolean>
  /** Where a redirect leads, as far as the browser lets a page see that. Asked without the key. */
  leadsTo(): Promise<URL | undefined>
  /** The address with `/v1` appended, where a model list is found there. */
  betterUrl(): Promise<string | undefined>
}

/** What a failed request to an endpoint means, and what to do. */
export async function explain(error: EngineError, probe: Probe, models: readonly string[] = []): Promise<ConnectionReport> {
  switch (error.code) {
    case 'lm-auth':
      return failure('wrong-key', explainKey(error, probe), models)
    case 'lm-quota':
      return failure('quota', error.message, models)
    case 'lm-model-not-found':
      return failure('model-not-found', explainModel(error, probe, models), models)
    case 'lm-timeout':
      return failure('unreachable', `${error.message} The server may be starting, overloaded, or not there.`, models)
    case 'lm-network':
      if (error.facts['isCut']) return failure('other', error.message, models)
      // It was heard a moment ago, with the same headers: neither the address nor its permissions are at fault.
      if (models.length > 0)
        return failure(
          'other',
          `${probe.host} gave its list of models, but closed the connection when "${probe.model}" was asked. Look at the log of the server, or try another model.`,
          models,
        )
      return explainSilence(error, probe)
    case 'lm-bad-response':
    case 'lm-bad-request':
      if (error.facts['isRedirect']) return failure('wrong-url', await explainRedirect(error, probe), models)
      if (isElsewhere(error)) return failure('wrong-url', await explainAddress(error, probe), models)
      return (await explainShort(error, probe, models)) ?? failure(error.facts['isOtherApi'] ? 'wrong-url' : 'other', error.message, models)
    default:
      return failure('other', error.message, models)
  }
}

/** A browser hides why a request failed; a second one that asks for nothing readable tells a refusal from silence. */
async function explainSilence(error: EngineError, probe: Probe): Promise<ConnectionReport> {
  const { url, pageOrigin } = probe
  const isLocal = isLoopbackHost(url.hostname)
  if (pageOrigin?.startsWith('https:') && url.protocol === 'http:' && !isLocal && !isPrivateHost(url.hostname))
    return failure(
      'cors',
      `A page loaded over https may not call ${url.origin}, which is plain http. Use an https address, or run the studio on this machine from http://localhost.`,
    )
  if (pageOrigin !== undefined && (await probe.isThere())) return explainRefusal(probe)
  const hint = allowHint(url)
  const candidates = [
    ...(pageOrigin?.startsWith('http:') && hint !== undefined ? [hint] : []),
    isLocal
      ? 'the server is not running, or listens on another port'
      : 'the address is misspelt, the server is down, or this computer is offline',
    ...(pageOrigin !== undefined && !isLocal
      ? ['an ad blocker, a company network or a sign-in page of the Wi-Fi holds the request back']
      : []),
    ...(pageOrigin?.startsWith('https:') && isLocal
      ? [
          'the browser was not allowed to reach this machine: look for its question next to the address bar, or run the studio from http://localhost',
        ]
      : []),
  ]
  const { reason } = error.facts
  // Somebody was there: a certificate that does not hold, or a connection closed in our face.
  if (reason !== undefined && error.facts['isUnsent'] !== true) return failure('other', error.message)
  return failure('unreachable', `Nothing answers at ${url.origin}${reason ? ` (${reason})` : ''}. Likely: ${candidates.join('; or ')}.`)
}

function explainRefusal(probe: Probe): ConnectionReport {
  const { url, host, pageOrigin = '' } = probe
  const preset = presetOf(url.origin)
  if (preset && !preset.isLocal) {
    // These hosts are known to allow web pages, but leave the permission out of a refusal: what looks like CORS is the key.
    const key = probe.hasKey ? 'The key is probably wrong: check it' : 'It needs a key: save one for this address'
    return failure(
      'wrong-key',
      `${preset.title} answered, but the browser may not show the answer. ${key}. If the key is right, an ad blocker or proxy is in the way.`,
    )
  }
  if (url.port === '11434')
    return failure(
      'cors',
      `Ollama is running but refuses pages from ${pageOrigin}. Stop it and start it again with: OLLAMA_ORIGINS=${pageOrigin} ollama serve`,
    )
  if (url.port === '1234')
    return failure(
      'cors',
      'LM Studio is running but refuses web pages. Turn on "Enable CORS" in its server settings, or run: lms server start --cors',
    )
  const help =
    preset?.note ??
    `Its owner has to allow ${pageOrigin} with the headers authorization and content-type; a LiteLLM proxy in front of it does.`
  return failure('cors', `${host} answers but does not allow calls from web pages (CORS). ${help}`)
}

function explainKey(error: EngineError, probe: Probe): string {
  if (probe.hasKey) return error.message
  const preset = presetOf(probe.url.origin)
  const where = preset?.keyUrl ? ` Keys are made at ${preset.keyUrl}.` : ''
  const local = isLoopbackHost(probe.url.hostname) ? ' LocalAI accepts any text as a key.' : ''
  return `${probe.host} needs a key, and none is saved for this address.${where}${local}`
}

function explainModel(error: EngineError, probe: Probe, models: readonly string[]): string {
  if (models.length === 0 || models.includes(probe.model)) return error.message
  const wanted = probe.model.toLowerCase()
  const close = models.filter(name => name.toLowerCase().includes(wanted) || wanted.includes(name.toLowerCase())).slice(0, 3)
  const hint =
    close.length > 0
      ? ` Did you mean ${close.join(', ')}?`
      : ` It lists ${models.slice(0, 5).join(', ')}${models.length > 5 ? ' and more' : ''}.`
  return `${probe.host} does not know the model "${probe.model}".${hint}`
}

async function explainAddress(error: EngineError, probe: Probe): Promise<string> {
  const better = await probe.betterUrl()
  if (better) return elsewhere(probe, better)
  const found =
    error.facts.status === 404
      ? 'nothing at this address (404)'
      : error.facts['isPage']
        ? 'something else than an LM API: a web page'
        : 'no LM API at this address'
  return `${probe.host} answers, but has ${found}. Check the base URL: it is the part before /chat/completions and often ends in /v1.${saidIn(error)}`
}

function saidIn({ message }: EngineError): string {
  return / It (?:shows|said): .*$/s.exec(message)?.[0] ?? ''
}

function elsewhere({ url }: Probe, better: string): string {
  return `There is no API at ${url.href}, but there is one at ${better}. Use that as the base URL.`
}

/** Any answer may come from something beside the API: it is under the address, then. Not asked where the API itself spoke. */
async function explainShort(error: EngineError, probe: Probe, models: readonly string[]): Promise<ConnectionReport | undefined> {
  if (error.code !== 'lm-bad-response' || error.facts['isBrokenOff']) return undefined
  const better = await probe.betterUrl()
  return better === undefined ? undefined : failure('wrong-url', elsewhere(probe, better), models)
}

/** The list of models is there, so the address is right, or it is one short of it. */
export async function explainNoChat(error: EngineError, probe: Probe, models: readonly string[]): Promise<ConnectionReport> {
  const better = await probe.betterUrl()
  if (better) return failure('wrong-url', elsewhere(probe, better), models)
  const words = `${probe.host} lists its models, but has no chat endpoint beside them (status ${error.facts.status}). Choose another provider, or a server that takes prompts.`
  return failure('other', `${words}${saidIn(error)}`, models)
}

async function explainRedirect(error: EngineError, probe: Probe): Promise<string> {
  if (error.facts['target'] !== undefined) return error.message
  const target = await probe.leadsTo()
  if (target === undefined || target.origin === probe.url.origin) return error.message
  return `${probe.host} redirects to ${target.origin}. Redirects are not followed, since a key goes only to the address it was saved for. If that is where your API is, use an address there as the base URL, with a key for it.`
}

/** There is nothing under the path of the request. */
export function isMissing({ code, facts }: EngineError): boolean {
  return code === 'lm-bad-request' && (facts.status === 404 || facts.status === 405)
}

/** The address leads to something that is no API. */
export function isElsewhere(error: EngineError): boolean {
  return error.facts['isPage'] === true || error.facts['isRedirect'] === true || isMissing(error)
}

export function failure(problem: ConnectionProblem, message: string, models: readonly string[] = []): ConnectionReport {
  return { ok: false, problem, message, models }
}
