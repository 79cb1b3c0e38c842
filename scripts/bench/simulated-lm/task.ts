import type { Prompt, PromptField, PromptValues } from '@/engine/adapters/prompt/prompt'
import { readPrompt } from '@/engine/adapters/prompt/read-prompt'

/** A chat request as far as the simulated LM looks at it. */
export interface ChatBody {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly temperature?: number | null
  readonly n?: number | null
  readonly response_format?: unknown
}

export interface AskedField {
  readonly name: string
  /** Options of a closed choice; empty for all other types. */
  readonly options: readonly string[]
  readonly kind: 'label' | 'number' | 'object' | 'text'
}

/** What decides an answer, in the same words whichever side asks: one reader reads our prompts and DSPy's. */
export interface Task {
  readonly prompt: Pick<Prompt, 'outputs' | 'format'>
  readonly outputs: readonly AskedField[]
  readonly instructions: string
  readonly demos: readonly { readonly inputs: PromptValues; readonly outputs: PromptValues }[]
  readonly inputs: PromptValues
}

/** Undefined for a prompt without fields. */
export function readTask(body: ChatBody): Task | undefined {
  const prompt = readPrompt(body.messages)
  if (prompt.outputs.length === 0) return undefined
  const format = (body.response_format ?? null) === null ? prompt.format : 'json'
  return {
    prompt: { outputs: prompt.outputs, format },
    outputs: prompt.outputs.map(askedField),
    // An indent is a matter of how instructions are laid out.
    instructions: prompt.instructions.replace(/^[^\S\n]+|[^\S\n]+$/gm, ''),
    demos: prompt.demos.map(({ inputs, outputs }) => ({ inputs, outputs })),
    inputs: prompt.request,
  }
}

function askedField({ name, type }: PromptField): AskedField {
  if (type.kind === 'enum') return { name, kind: 'label', options: type.values.map(String) }
  if (type.kind === 'int' || type.kind === 'float') return { name, kind: 'number', options: [] }
  return { name, kind: type.kind === 'dict' || type.kind === 'object' ? 'object' : 'text', options: [] }
}
