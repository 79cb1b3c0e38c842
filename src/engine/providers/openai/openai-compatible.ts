import { wellFormed } from '@/lib/cut-text'
import OpenAI from 'openai'
import type { ChatCompletionCreateParamsNonStreaming, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions'
import type { EmbeddingCreateParams } from 'openai/resources/embeddings'
import type { Clock } from '../../base/clock'
import type { ChatRequest, EmbedRequest, Lm, LmCall, LmRequest, LmResponse, ResponseFormat } from '../../lm/lm'
import { cleanAnswer } from '../../lm/kept/clean-answer'
import { citesDocuments } from '../../blobs/document'
import { openAiProvider } from './openai-provider'
import { deltaReader } from './read-deltas'
import { readCompletion } from './read-completion'
import { embedRefusal, readEmbeddings } from './read-embeddings'
import type { Transport } from './transport'
import { blobReader, wireMessages, wireTool, type ReadBlob } from './wire-messages'
import { learnedFrom, writtenWithout } from './written-without'

/**
 * A model behind any OpenAI-compatible API for chat or embeddings, one attempt a call. Throws an `EngineError` for whatever a provider is known to do;
 * `facts.isRetryable` says whether time may cure it. `call.refused` names what the model does not take; where a refusal names more of it,
 * `facts.learned` does, too, and the request can be sent again.
 */
export function openAiCompatible(transport: Transport, clock: Clock, readBlob: ReadBlob = blobReader(undefined)): Lm {
  const client = createOpenAiClient(transport)
  return {
    capabilities: openAiProvider.capabilities,
    generate: (request, call) =>
      request.kind === 'embed'
        ? transport.exchange(() => embed(request, call), numbersOnly)
        : transport.exchange(() => chat(request, call), cleanAnswer),
  }

  async function chat(request: ChatRequest, { signal, refused = [], onBegin, onDelta }: LmCall): Promise<LmResponse> {
    const sentAt = clock.now()
    const whole = await wireChatRequest(request, readBlob)
    const body = writtenWithout(onDelta ? inPieces(whole) : whole, refused)
    try {
      const response = await client.chat.completions.create(wellFormed(body), { signal }).asResponse()
      onBegin?.()
      const deltas = onDelta && body.stream ? deltaReader(onDelta, transport.masker) : undefined
      const text = await transport.read(response, deltas?.push)
      deltas?.end()
      return readCompletion(text, request, clock.now() - sentAt, transport)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw learnedFrom(uncarry(error), body, refused)
    }
  }

  async function embed(request: EmbedRequest, { signal, onBegin }: LmCall): Promise<LmResponse> {
    const sentAt = clock.now()
    try {
      const response = await client.embeddings.create(wellFormed(wireEmbedRequest(request)), { signal }).asResponse()
      onBegin?.()
      return readEmbeddings(await transport.read(response), request, clock.now() - sentAt, transport)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw embedRefusal(uncarry(error), request, transport.host)
    }
  }
}

/** Of an answer to a request for embeddings nothing is kept but numbers, and these may not change. */
function numbersOnly(response: LmResponse): LmResponse {
  return response
}

function createOpenAiClient(transport: Transport): OpenAI {
  return new OpenAI({
    // The transport adds the real key, which so never enters the SDK. The nulls keep the SDK from reading environment variables.
    apiKey: 'kept-by-the-transport',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: transport.baseUrl,
    // Runs in a worker that no other site's code can enter; the key is the user's own.
    dangerouslyAllowBrowser: true,
    // Retry and timeout are the stack's business: a second one here would multiply attempts without counting them.
    maxRetries: 0,
    timeout: dayMs,
    logLevel: 'off',
    // The transport sends authorization and content-type and drops every other header, the SDK's x-stainless-* among them:
    // many servers refuse a browser's preflight for any header they do not know.
    fetch: async (url, init) => {
      try {
        return await transport.send(String(url), { method: init?.method ?? 'GET', body: init?.body, signal: init?.signal })
      } catch (error) {
        throw new Carried(error)
      }
    },
  })
}

/** The body of a request as it goes over the wire. */
export async function wireRequest(
  request: LmRequest,
  readBlob: ReadBlob,
): Promise<ChatCompletionCreateParamsNonStreaming | EmbeddingCreateParams> {
  return request.kind === 'embed' ? wireEmbedRequest(request) : wireChatRequest(request, readBlob)
}

/** Numbers, not base64, which is the SDK's own default: fewer servers know that. */
function wireEmbedRequest({ model, texts }: EmbedRequest): EmbeddingCreateParams {
  return { model, input: [...texts], encoding_format: 'float' }
}

/** The body of a request for chat. Throws `blob-missing` where a file that it names is gone. */
export async function wireChatRequest(request: ChatRequest, readBlob: ReadBlob): Promise<ChatCompletionCreateParamsNonStreaming> {
  const { temperature, maxTokens, topP, stop, seed, reasoningEffort } = request.settings
  const isReasoning = isReasoningModel(request.model)
  return {
    model: request.model,
    messages: await wireMessages(request.messages, readBlob, citesDocuments(request.model)),
    // Differs: DSPy refuses to build such a model with a temperature other than 1; we leave the setting out, because
    // optimizers raise the temperature of whatever model they are given and the model samples anyway.
    ...(temperature === undefined || isReasoning ? {} : { temperature }),
    ...(topP === undefined || isReasoning ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : isReasoning ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop: [...stop] }),
    ...(seed === undefined ? {} : { seed }),
    ...(reasoningEffort === undefined ? {} : { reasoning_effort: reasoningEffort }),
    ...(request.responseFormat === undefined ? {} : { response_format: wireFormat(request.responseFormat) }),
    ...(request.tools === undefined ? {} : { tools: request.tools.map(wireTool) }),
    ...(request.toolChoice === undefined ? {} : { tool_choice: { type: 'function', function: { name: request.toolChoice } } }),
    // The default by the letter of the API; some servers stream unless they are told not to.
    stream: false,
  }
}

/** The same request for an answer in pieces, with the count of its tokens at the end. */
function inPieces(body: ChatCompletionCreateParamsNonStreaming): ChatCompletionCreateParamsStreaming {
  return { ...body, stream: true, stream_options: { include_usage: true } }
}

/** OpenAI's o-series and gpt-5 (not its chat variants), with or without a provider prefix: spec as in DSPy's LM. */
export function isReasoningModel(model: string): boolean {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  return /^(?:o[1345](?:$|-)|gpt-5(?!.*-chat)(?:$|[-.]))/.test(name)
}

function wireFormat(format: ResponseFormat): NonNullable<ChatCompletionCreateParamsNonStreaming['response_format']> {
  if (format.type === 'json_object') return { type: 'json_object' }
  return { type: 'json_schema', json_schema: { name: format.name, schema: { ...format.schema }, strict: true } }
}

/** Takes our own error through the SDK, which else reads a word like "timeout" in a message and makes its own error of it. */
class Carried extends Error {
  constructor(readonly failure: unknown) {
    super('the request failed')
  }
}

function uncarry(error: unknown): unknown {
  if (!(error instanceof OpenAI.APIConnectionError)) return error
  return error.cause instanceof Carried ? error.cause.failure : error
}

const dayMs = 24 * 60 * 60_000
