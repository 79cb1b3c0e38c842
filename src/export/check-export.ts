import { isEngineError } from '@/engine/base/errors'
import type { Example } from '@/engine/base/example'
import { runProgram } from '@/engine/graph/execute'
import type { ModelId, Program } from '@/engine/program/program'
import { createConnector } from '@/engine/providers/connect'
import type { Lm, ModelSpec } from '@/engine/lm/lm'
import { wireRequest } from '@/engine/providers/openai/openai-compatible'
import { decodeVectors } from '@/engine/lm/vectors'
import type { Clock } from '@/engine/base/clock'
import type { RunModels } from '@/engine/record/spec'
import { userSources } from '@/engine/graph/user-sources'
import { loadOnce } from '@/engine/sandbox/load-once'
import type { Sandbox } from '@/engine/sandbox/sandbox'
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
    },
  ): (inputs: Example['inputs']) => Promise<{ outputs: Example['inputs'] }>
}

export interface ExportCheckOptions {
  readonly program: Program
  readonly models: Pick<RunModels, 'task' | 'overrides'>
  readonly examples: readonly Example[]
  /** Answers as the studio's run would: through its cache. */
  readonly answer: (model: ModelSpec) => Lm
  readonly engine: ExportedEngine
  readonly sandbox: Sandbox
  readonly clock: Clock
  /** Ends the check between two requests. */
  readonly signal?: AbortSignal
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
    const answers = new Map<string, string>()
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
  { program, models, answer, sandbox, clock, signal = new AbortController().signal }: ExportCheckOptions,
  example: Example,
  answers: Map<string, string>,
): Promise<string[]> {
  const bodies: string[] = []
  const record = recordingFetch(body => {
    bodies.push(body)
    return answers.get(body)
  })
  const connect = createConnector({ fetch: record, clock, authorize: async () => undefined })
  const modelFor = (id: ModelId | undefined) => {
    const model = (id === undefined ? undefined : models.overrides[id]) ?? models.task
    const source = answer(model)
    const wire = connect({ ...model, provider: 'openai-compatible', baseUrl: address })
    const lm: Lm = {
      get capabilities() {
        return wire.capabilities
      },
      async generate(request, call) {
        answers.set(JSON.stringify(wireRequest(request)), (await source.generate(request, call)).text)
        return wire.generate(request, call)
      },
    }
    return { lm, model: { ...model, provider: 'openai-compatible' as const, baseUrl: address } }
  }
  const call = { signal, rollout: 0, purpose: 'row' } as const
  await runProgram(program, example.inputs, { clock, sandbox, modelFor, call }).catch(unlessEnded)
  return distinct(bodies)
}

async function exportedBodies(
  { program, models, engine, sandbox }: ExportCheckOptions,
  example: Example,
  answers: ReadonlyMap<string, string>,
): Promise<string[]> {
  const bodies: string[] = []
  const record = recordingFetch(body => {
    bodies.push(body)
    return answers.get(body)
  })
  const code = Object.fromEntries(userSources(program.graph).map(({ id, kind, source }) => [id, sandboxed(sandbox, source, kind)]))
  // Read back from text, as the exported folder will read it.
  const definition = parseJson(JSON.stringify(exportedProgram({ program, models })))
  const run = engine.createProgram(definition.ok ? definition.value : undefined, { baseUrl: address, fetch: record, code })
  await run(example.inputs).catch(keepGoing)
  return distinct(bodies)
}

/** Steps may run side by side, in any order, and equal requests under way share one answer. */
function distinct(bodies: readonly string[]): string[] {
  return [...new Set(bodies)].sort()
}

/** Someone else's project may be open: its code stays in the sandbox even while the export is tried out. */
function sandboxed(sandbox: Sandbox, source: string, kind: 'metric' | 'code'): (...args: readonly Json[]) => Promise<Json> {
  return async (...args) => (await loadOnce(sandbox, source, kind)).call(args)
}

/** Answers a request for chat or embeddings with the text `answer` gives for its body; without one it refuses, which ends that row. */
function recordingFetch(answer: (body: string) => string | undefined): typeof fetch {
  return async (input, init) => {
    const text = answer(String(init?.body))
    const content =
      text === undefined
        ? { error: { message: 'This request is not one the studio sent.', type: 'invalid_request_error' } }
        : String(input).endsWith('/embeddings')
          ? embeddings(text)
          : completion(text)
    return new Response(JSON.stringify(content), {
      status: text === undefined ? 400 : 200,
      headers: { 'content-type': 'application/json' },
    })
  }
}

function embeddings(text: string): object {
  const data = decodeVectors(text).map((vector, index) => ({ object: 'embedding', index, embedding: [...vector] }))
  return { object: 'list', data, model: 'check', usage: { prompt_tokens: 1, total_tokens: 1 } }
}

function completion(text: string): object {
  const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }
  return {
    id: 'check',
    object: 'chat.completion',
    created: 0,
    model: 'check',
    choices: [choice],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }
}

/** A row that fails fails alike on both sides; what was sent until then is what is compared. */
function keepGoing(): void {}

/** A stop or a cap ends the check: half a row would be found equal to half a row. */
function unlessEnded(error: unknown): void {
  if (isEngineError(error, 'budget-exhausted') || isEngineError(error, 'run-stopped')) throw error
}
