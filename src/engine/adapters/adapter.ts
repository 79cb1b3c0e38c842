import type { Values } from '../base/example'
import type { Demo } from '../program/program'
import type { Lm, ResponseFormat } from '../lm/lm'
import type { Message } from '../lm/parts'
import type { Signature } from '../signature/signature'
import type { AdapterId } from '../program/adapter-id'

/** A pure pair: signature, demos and inputs to messages; completion text to outputs. */
export interface Adapter {
  readonly id: AdapterId
  /** As the studio shows it. */
  readonly title: string
  /** What it is good for, in one line. */
  readonly help: string
  /** The class in DSPy's Python. */
  readonly dspyName: string
  /** One named value as this adapter shows it in a prompt: for texts that are made of values, such as an agent's trajectory. */
  block(name: string, value: string): string
  /** With `nativeTools`, calls of tools in a history are parts of messages, for a model that is offered tools. */
  format(signature: Signature, demos: readonly Demo[], inputs: Values, how?: FormatOptions): readonly Message[]
  /**
   * The outputs in an answer; with an `extraction`, the inputs of that. Throws an `EngineError` with code `adapter-parse` that carries the
   * text and what could be read.
   */
  parse(signature: Signature, text: string): Values
  /** Response formats to ask for, first choice first; empty means plain text. */
  responseFormats(signature: Signature, lm: Pick<Lm, 'capabilities'>): readonly ResponseFormat[]
  /** How an answer that cannot be read is asked for again; absent where it is not. */
  readonly fallback?: Adapter
  /** Present where an answer is in plain words, and a question of its own reads the outputs out of it. */
  readonly extraction?: Extraction
}

export interface FormatOptions {
  readonly nativeTools?: boolean
}

/** A second question, about the answer to the first. */
export interface Extraction {
  readonly adapter: Adapter
  /** What is asked for these outputs; the same object for the same signature. */
  signature(signature: Signature): Signature
}
