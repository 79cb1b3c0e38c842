/** What engine.js has to offer, as TypeScript reads it. */
export const engineDeclarations = `/** A file that is named in program.json. */
export interface KeptFile {
  $blob: string
  mime: string
  bytes: number
  name?: string
}
/** An image: its bytes, a data: URL or an address on the web, which is loaded; of an object with its address only that is sent. */
export type ImageInput = Uint8Array | string | KeptFile | { url: string } | { $url: string }
/** A recording: its bytes, a data: URL, or an address on the web, which is loaded. */
export type AudioInput = Uint8Array | string | KeptFile
/** A file: its bytes, a data: URL, an address on the web, which is loaded, or the id of one that the provider has. */
export type FileInput =
  | Uint8Array
  | string
  | KeptFile
  | { file_data: Uint8Array | string; filename?: string }
  | { file_id: string; filename?: string }
  | { $file: string; name?: string }
export interface ProgramOptions {
  /** OpenAI-compatible address, such as https://api.openai.com/v1. */
  baseUrl?: string
  model?: string
  /** A key goes to the address of the task model and to no other. A function is asked for the key of each address (its origin). */
  apiKey?: string | ((origin: string) => string | undefined)
  fetch?: typeof fetch
  code?: Record<string, (...args: never[]) => unknown>
  /** The addresses that its tools may contact. */
  toolHosts?: readonly string[]
  /** Asked for the secrets that its tools name, each for one address (its origin). */
  secret?: (name: string, origin: string) => string | undefined
  /** Starts what runs the code that a model writes. */
  sandbox?: () => Promise<Sandbox>
}
/** Runs JavaScript with no access to anything outside. */
export interface Sandbox {
  load(source: string, kind: string): Promise<{ call(args: readonly unknown[]): Promise<unknown> }>
  dispose(): void
}
export interface Step {
  node: string
  name: string
  inputs: Record<string, unknown>
  outputs?: Record<string, unknown>
  error?: { code: string; message: string }
  ms: number
}
/** What came of an answer while it was written, and of which step: steps may run side by side. */
export type StreamedEvent = { node: string; predictor?: string; sample?: number } & (
  /** An answer begins: what was told of one before it no longer counts. */
  | { type: 'begin' }
  | { type: 'field'; field: string; text: string; isLast: boolean }
  /** The whole text of an output, in place of what was told of it. */
  | { type: 'replace'; field: string; text: string }
  /** What the model thought and did not answer. */
  | { type: 'reasoning'; text: string }
  /** The call was stopped while its answer came. */
  | { type: 'cut' }
)
export interface CallOptions {
  signal?: AbortSignal
  /** Told of outputs while the model writes them: of all, or of those named in \`fields\`. The result is the same. */
  stream?: { fields?: readonly string[]; onEvent(event: StreamedEvent): void }
}
export function createProgram(
  definition: unknown,
  options?: ProgramOptions,
): (inputs: Record<string, unknown>, call?: CallOptions) => Promise<{ outputs: Record<string, unknown>; trace: readonly Step[] }>
`
