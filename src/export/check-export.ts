import type { SourceKind } from '@/engine/user-code/source-kind'
import { isEngineError } from '@/engine/base/errors'
import type { Example } from '@/engine/base/example'
import { runProgram } from '@/engine/graph/execute'
import type { ModelId, Program } from '@/engine/program/program'
import { createConnector } from '@/engine/providers/connect'
import type { Lm, LmAnswer, ModelSpec } from '@/engine/lm/lm'
import { toolsRefused } from '@/engine/lm/tools-refused'
import { wireRequest } from '@/engine/providers/openai/openai-compatible'
import { type Vectors, decodeVectors } from '@/engine/lm/vectors'
import type { Clock } from '@/engine/base/clock'
import { listBlobEntries } from '@/engine/blobs/blob-entry'
import type { BlobStore } from '@/engine/blobs/blob-store'
import type { RunModels } from '@/engine/record/spec'
import { userSources } from '@/engine/graph/user-sources'
import { blobReader } from '@/engine/providers/openai/wire-messages'
import { loadOnce } from '@/engine/user-code/load-once'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { parseJson, type Json } from '@/lib/json'
import { exportedProgram } from './to-typescript'

/** What the built engine.js offers; loaded from the very file that goes into the export. */
export interface ExportedEngine {
  createProgram(
    definition: unknown,
    options: {
      baseUrl?: string
      apiKey?: string
      fetch?: typeof fetch
      code?: Readonly<Record<string, (...args: readonly Json[]) => Promise<Json>>>
      sandbox?: () => Promise<CodeRunner>
    },
  ): (inputs: Example['inputs']) => Promise<{ outputs: Example['inputs'] }>
}

export interface ExportCheckOptions {
  readonly program: Program
  readonly models: Pick<RunModels, 'task' | 'overrides' | 'extraction'>
  readonly examples: readonly Example[]
  /** Answers as the studio's run would: through its cache. */
  readonly answer: (model: ModelSpec) => Lm
  readonly engine: ExportedEngine
  readonly runner: CodeRunner
  readonly clock: Clock
  /** Ends the check between two requests. */
  readonly signal?: AbortSignal
  /** Where the files lie that rows and demos name. */
  readonly blobs?: Pick<BlobStore, 'get'>
}

export interface CheckedRow {
  readonly exampleId: string
  readonly requests: number
  readonly isEqual: boolean
  /** The bodies sent, one a line, as the studio and as the exported engine wrote them. */
  readonly studio: string
  readonly exported: string
}

/**
 * Runs rows through the studio's engine and through the exported one, and compares what each puts on the wire. Both get the
 * studio's answers; both are made to send over HTTP, into a `fetch` that keeps the body, whatever provider the model has.
 */
export async function checkExport(options: ExportCheckOptions): Promise<readonly CheckedRow[]> {
  const rows: CheckedRow[] = []
  for (const example of options.examples) {
    options.signal?.throwIfAborted()
    const answers = new Map<string, LmAnswer>()
    const studio = await studioBodies(options, example, answers)
    const exported = await exportedBodies(options, example, answers)
    rows.push({
      exampleId: example.id,
      requests: studio.length,
      isEqual: studio.length > 0 && studio.join('\n') === exported.join('\n'),
      studio: studio.join('\n'),
      exported: exported.join('\n'),
    })
  }
  return rows
}

/** A name that resolves nowhere: a request that got past the recording fetch would fail, not leak. */
const address = 'https://export-check.invalid/v1'

async function studioBodies(
  { program, models, answer, runner, clock, blobs, signal = new AbortController().signal }: ExportCheckOptions,
  example: Example,
  answers: Map<string, LmAnswer>,
): Promise<string[]> {
  const bodies: string[] = []
  const record = recordingFetch(body => {
    bodies.push(body)
    return answers.get(body)
  })
  const connect = createConnector({ fetch: record, clock, authorize: async () => undefined, ...(blobs && { blobs }) })
  const readBlob = blobReader(blobs)
  const modelFor = (id: ModelId | undefined) => wired((id === undefined ? undefined : models.overrides[id]) ?? models.task)
  const extraction = models.extraction && wired(models.extraction)
  function wired(model: ModelSpec) {
    const source = answer(model)
    const wire = connect({ ...model, provider: 'openai-compatible', baseUrl: address })
    const lm: Lm = {
      get capabilities() {
        return wire.capabilities
      },
      async generate(request, call) {
        const answer = await source.generate(request, call).catch(unlessToolsRefused)
        if (answer) answers.set(JSON.stringify(await wireRequest(request, readBlob)), answer)
        return wire.generate(request, call)
      },
    }
    return { lm, model: { ...model, provider: 'openai-compatible' as const, baseUrl: address } }
  }
  const call = { signal, rollout: 0, purpose: 'row' } as const
  await runProgram(program, example.inputs, { clock, runner, modelFor, ...(extraction && { extraction }), call }).catch(unlessEnded)
  return distinct(bodies)
}

async function exportedBodies(
  { program, models, engine, runner, blobs }: ExportCheckOptions,
  example: Example,
  answers: ReadonlyMap<string, LmAnswer>,
): Promise<string[]> {
  const bodies: string[] = []
  const record = recordingFetch(body => {
    bodies.push(body)
    return answers.get(body)
  })
  const code = Object.fromEntries(userSources(program.graph).map(({ id, kind, source }) => [id, sandboxed(runner, source, kind)]))
  // Read back from text, as the exported folder will read it.
  const entries = blobs ? await listBlobEntries(blobs, program, example) : []
  const definition = parseJson(JSON.stringify(exportedProgram({ program, models, blobs: entries })))
  const run = engine.createProgram(definition.ok ? definition.value : undefined, {
    baseUrl: address,
    fetch: record,
    code,
    sandbox: async () => runner,
  })
  await run(example.inputs).catch(keepGoing)
  return distinct(bodies)
}

/** Steps may run side by side, in any order, and equal requests under way share one answer. */
function distinct(bodies: readonly string[]): string[] {
  return [...new Set(bodies)].sort()
}

/** Someone else's project may be open: its code stays in the code runner even while the export is tried out. */
function sandboxed(runner: CodeRunner, source: string, kind: SourceKind): (...args: readonly Json[]) => Promise<Json> {
  return async (...args) => {
    try {
      return await (await loadOnce(runner, source, kind)).call(args)
    } catch (error) {
      throw thrownBy(error)
    }
  }
}

/** What the user's code threw, as it would come out of code.js; the code runner's own words only where the code did not get that far. */
function thrownBy(error: unknown): unknown {
  if (!isEngineError(error)) return error
  return typeof error.facts['thrown'] === 'string' ? error.facts['thrown'] : error.message
}

/** Answers a request for chat or embeddings with what `answer` gives for its body; without one it refuses, which ends that row. */
function recordingFetch(answer: (body: string) => LmAnswer | undefined): typeof fetch {
  return async (_input, init) => {
    const found = answer(String(init?.body))
    const content =
      found === undefined
        ? { error: { message: 'This request is not one the studio sent.', type: 'invalid_request_error' } }
        : found.vectors
          ? embeddings(found.vectors)
          : completion(found)
    return new Response(JSON.stringify(content), {
      status: found === undefined ? 400 : 200,
      headers: { 'content-type': 'application/json' },
    })
  }
}

function embeddings(vectors: Vectors): object {
  const data = decodeVectors(vectors).map((vector, index) => ({ object: 'embedding', index, embedding: [...vector] }))
  return { object: 'list', data, model: 'check', usage: { prompt_tokens: 1, total_tokens: 1 } }
}

function completion({ text, parts = [] }: LmAnswer): object {
  const calls = parts.flatMap(part =>
    part.type === 'tool-call'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: JSON.stringify(part.args) } }]
      : [],
  )
  const message = { role: 'assistant', content: text, ...(calls.length > 0 && { tool_calls: calls }) }
  const choice = { index: 0, message, finish_reason: 'stop' }
  return {
    id: 'check',
    object: 'chat.completion',
    created: 0,
    model: 'check',
    choices: [choice],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }
}

/** A model without tools refuses both sides alike, and both ask it in words. */
function unlessToolsRefused(error: unknown): undefined {
  if (!toolsRefused(error)) throw error
}

/** A row that fails fails alike on both sides; what was sent until then is what is compared. */
function keepGoing(): void {}

/** A stop or a cap ends the check: half a row would be found equal to half a row. */
function unlessEnded(error: unknown): void {
  if (isEngineError(error, 'budget-exhausted') || isEngineError(error, 'run-stopped')) throw error
}
