import { pythonRandom } from '@/lib/rng'
import { systemClock as clock } from '@/lib/system-clock'
import type { Json } from '@/lib/json'
import type { Values } from './base/example'
import { EngineError } from './base/errors'
import { onUse } from './base/on-use'
import { completeState } from './graph/default-state'
import { runProgram } from './graph/execute'
import type { StreamOptions, StreamTold } from './graph/execute-context'
import { outputNames } from './graph/output-names'
import type { StreamEvent } from './modules/stream-event'
import type { ModelId, Program, ProgramGraph } from './program/program'
import { userSources } from './graph/user-sources'
import { createBudget } from './lm/sending/budget'
import { createConnector } from './providers/connect'
import type { Lm, ModelSpec } from './lm/lm'
import { traitsOf } from './providers/registry'
import { lmStack } from './lm/sending/stack'
import { createLiveKeys } from './lm/keys/live-keys'
import { takeKey } from './lm/keys/take-key'
import type { CallStore } from './lm/kept/call-store'
import type { RunModels } from './record/spec'
import { badReturn, returnedWords } from './user-code/source-kind'
import { thrownText } from './user-code/thrown-text'
import type { ToolHost } from './tools/tool-kind'
import type { CodeRunner } from './user-code/code-runner'
import type { Trace } from './trace/span'
import { takeBlobs, type BlobEntry } from './blobs/blob-entry'
import { memoryBlobs } from './blobs/blob-store'
import type { TakeMediaOptions } from './blobs/take-media'
import { takeFiles } from './data/given-files'
import { programInputs } from './program/ends'

// The entry of the exported engine: everything that runs a program, nothing that compiles one.

export interface ProgramDefinition {
  readonly format: 'dspy-studio-program'
  readonly program: Program
  readonly models: Pick<RunModels, 'task' | 'overrides' | 'extraction'>
  /** Files that its demos name. */
  readonly blobs?: readonly BlobEntry[]
}

/** A code node or a tool takes one object of values; a reward function takes the inputs and the outputs. */
type CodeFunction = (...args: readonly Json[]) => Json | undefined | Promise<Json | undefined>

export interface ProgramOptions {
  readonly baseUrl?: string | undefined
  readonly model?: string | undefined
  /** A key is sent to the origin of the task model and to no other; a function is asked for the key of each origin. */
  readonly apiKey?: string | ((origin: string) => string | undefined) | undefined
  readonly fetch?: typeof fetch | undefined
  /** The program's code nodes, tools and rewards by name. They are the owner's own code here, and run as such. */
  readonly code?: Readonly<Record<string, CodeFunction>> | undefined
  /** The addresses that its tools may contact: program.ts of the folder names those of the program. None where it is absent. */
  readonly toolHosts?: readonly string[] | undefined
  /** Asked for the secrets that its tools name, each for one address. */
  readonly secret?: ((name: string, origin: string) => string | undefined) | undefined
  /** Starts what runs the code that a model writes, when a row first comes to it: `sandbox.js` of the folder. */
  readonly sandbox?: (() => Promise<CodeRunner>) | undefined
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Told of outputs while their answers are written. The result is the same; an answer that comes whole is told in no events. */
  readonly stream?: {
    /** The names of the outputs; all where it is absent. */
    readonly fields?: readonly string[]
    onEvent(event: StreamedEvent): void
  }
}

/** What came, and of which step: steps may run side by side. */
export type StreamedEvent = Omit<StreamTold, 'event'> & StreamEvent

/** An image, a recording or a file may also be its bytes, a `data:` URL or an address on the web; see `engineDeclarations` of the export. */
export type RunExported = (inputs: Readonly<Record<string, unknown>>, call?: CallOptions) => Promise<{ outputs: Values; trace: Trace }>

/**
 * Makes an exported program callable: the same adapters, modules, retries and limits as in the studio, without its cache.
 * Throws `project-invalid` for anything but a program file, and `params-invalid` for a key that cannot be one; a call throws `EngineError` as a run in the studio would.
 */
export function createProgram(definition: ProgramDefinition, options: ProgramOptions = {}): RunExported {
  if (definition?.format !== 'dspy-studio-program') {
    throw new EngineError('project-invalid', 'This is not an exported program. Pass the content of program.json.')
  }
  // A key that cannot be one is refused here, before a row is run.
  const apiKey = typeof options.apiKey === 'string' && options.apiKey !== '' ? takeKey(options.apiKey).key : options.apiKey
  const { graph } = definition.program
  const program: Program = { graph, state: completeState(graph, definition.program.state) }
  const rng = pythonRandom(0)
  const blobs = memoryBlobs()
  const taken = takeBlobs(blobs, { entries: definition.blobs, values: [] })
  const connect = createConnector({
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock,
    authorize: async origin => keyFor(origin, addressed(definition.models.task, options), apiKey),
    blobs,
  })
  const lms = new Map<string, Lm>()
  const embedders = new Set(Object.values(program.state).map(({ nearest }) => nearest?.embedder))
  /** The name that a caller gives is that of the model that answers, and the address that of its host: embeddings may come from another. */
  const asideAt = (model: ModelSpec): ModelSpec =>
    model.baseUrl === definition.models.task.baseUrl ? addressed(model, { ...options, model: undefined }) : model
  const lmOf = (model: ModelSpec): Lm => {
    let lm = lms.get(model.id)
    if (!lm) {
      lm = lmStack({ connect: connect(model), calls: noCache, budget: createBudget({}, clock), clock, rng })
      lms.set(model.id, lm)
    }
    return lm
  }
  const modelFor = (id: ModelId | undefined): { lm: Lm; model: ModelSpec } => {
    const override = id === undefined ? undefined : definition.models.overrides[id]
    const isEmbedder = override !== undefined && embedders.has(id)
    const model = isEmbedder ? asideAt(override) : addressed(override ?? definition.models.task, options)
    return { lm: lmOf(model), model }
  }
  const { extraction } = definition.models
  // Its name is its own; the Sandbox has none that an endpoint knows.
  const reader = extraction && (traitsOf(extraction).addressed ? asideAt(extraction) : addressed(extraction, options))
  const files = { store: blobs, fetch: (url: string) => (options.fetch ?? globalThis.fetch)(url) }
  const runner = ownCode(program, options)
  const tools = { host: toolHost(options) }
  return async (inputs, { signal: given, stream } = {}) => {
    const failed = new AbortController()
    const watched = stream && { stream: watchedOutputs(program.graph, stream, error => failed.abort(error)) }
    await taken
    const signal = given && watched ? AbortSignal.any([given, failed.signal]) : (given ?? failed.signal)
    const call = { signal, rollout: 0, purpose: 'row' } as const
    const { values, trace } = await runProgram(program, await filesTaken(program.graph, inputs, files), {
      clock,
      runner,
      modelFor,
      ...(reader && { extraction: { lm: lmOf(reader), model: reader } }),
      call,
      tools,
      ...watched,
    })
    return { outputs: values, trace }
  }
}

/** Tools are called for real, each time: there is no record of a run here. */
function toolHost({ fetch: own, toolHosts = [], secret }: ProgramOptions): ToolHost {
  return {
    fetch: own ?? ((input, init) => globalThis.fetch(input, init)),
    clock,
    allows: async origin => toolHosts.includes(origin),
    secret: async (origin, name) => secret?.(name, origin),
    keys: createLiveKeys(),
    sessions: new Map(),
  }
}

/** Throws `params-invalid` for a name that no output has: nothing would ever be told of it. */
function watchedOutputs(
  graph: ProgramGraph,
  { fields, onEvent }: NonNullable<CallOptions['stream']>,
  onFailure: (error: unknown) => void,
): StreamOptions {
  const names = outputNames(graph)
  const unknown = fields?.find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new EngineError('params-invalid', `No step has an output "${unknown}" to stream. Choose among ${names.join(', ')}.`)
  return {
    fields: fields ?? 'all',
    tell({ event, ...whose }) {
      try {
        onEvent({ ...whose, ...event })
      } catch (error) {
        // A fault of the listener ends its call: passed on, it would look like one of the connection, and the answer be asked for again.
        onFailure(error)
      }
    },
  }
}

/** The inputs as a run takes them: each file stored, and named by its hash. Throws `data-invalid` for what is none of its type. */
async function filesTaken(graph: ProgramGraph, inputs: Readonly<Record<string, unknown>>, options: TakeMediaOptions): Promise<Values> {
  const taken: Record<string, unknown> = { ...inputs }
  for (const { name, type } of programInputs(graph)) {
    const given = taken[name]
    if (given !== undefined && given !== null) taken[name] = await takeFiles(type, given, options)
  }
  // Values but for the files, which are values now.
  return taken as Values
}

/** The model with the address and name that the caller gave instead. An address makes the Sandbox a real endpoint. */
function addressed(model: ModelSpec, { baseUrl, model: name, apiKey }: ProgramOptions): ModelSpec {
  const wantsEndpoint = baseUrl !== undefined || (!traitsOf(model).addressed && apiKey !== undefined)
  if (!wantsEndpoint && name === undefined) return model
  if (!wantsEndpoint && !traitsOf(model).addressed) return model
  const address = baseUrl ?? model.baseUrl ?? 'https://api.openai.com/v1'
  return { ...model, provider: 'openai-compatible', baseUrl: address, model: name ?? model.model }
}

/** Steps may ask other addresses than the task model's: whoever runs those must not be handed a key that was meant for this one. */
function keyFor(origin: string, { baseUrl }: ModelSpec, apiKey: ProgramOptions['apiKey']): string | undefined {
  if (typeof apiKey === 'function') return apiKey(origin)
  return baseUrl !== undefined && URL.canParse(baseUrl) && new URL(baseUrl).origin === origin ? apiKey : undefined
}

const noCache: CallStore = { get: async () => undefined, add: async call => call }

/**
 * The user's code as plain functions, found by its source: the exporter wrote each of them under its name in the program. What a model
 * writes runs in the sandbox.
 */
function ownCode(program: Program, { code = {}, sandbox }: ProgramOptions): CodeRunner {
  const sources = userSources(program.graph)
  const started = onUse(async () => {
    if (sandbox === undefined)
      throw new EngineError('code-failed', 'This program runs code that a model writes: pass "sandbox" from sandbox.js.')
    return sandbox()
  })
  return {
    async load(source, kind) {
      // Code of a model's is nobody's own: it runs in the code runner here, too.
      if (kind === 'script') return (await started()).load(source, kind)
      const named = sources.find(one => one.kind === kind && one.source === source)
      const run = named && code[named.id]
      if (!run)
        throw new EngineError('code-failed', `The code of step "${named?.title ?? 'unknown'}" is missing: pass "code" from code.js.`)
      return {
        async call(args) {
          try {
            const result: Json | undefined = await run(...args)
            // What a code runner would refuse is refused in the same words: an agent reads them.
            const bad = badReturn(result)
            if (bad !== undefined) throw new EngineError('code-failed', returnedWords(kind, bad))
            return result ?? null
          } catch (error) {
            if (error instanceof EngineError) throw error
            const thrown = thrownText(error)
            throw new EngineError('code-failed', `The code of "${named.title}" failed: ${thrown}`, { thrown }, error)
          }
        },
      }
    },
    dispose() {},
  }
}
