import { adapters } from '@/engine/adapters/registry'
import { plainMessages } from '@/engine/lm/parts'
import type { Json } from '@/lib/json'
import type { PromptCase } from './arbitrary-prompts'

/** The answer that a model gives which does all it is told: as the adapter shows one of a demo. */
export function answerOf({ adapter, fields }: PromptCase, outputs: Readonly<Record<string, Json>>): string {
  const asked = fields.map(field => (field.role === 'input' ? { ...field, type: { kind: 'str' } as const } : field))
  const inputs = Object.fromEntries(asked.filter(({ role }) => role === 'input').map(({ name }) => [name, 'x']))
  const messages = adapters[adapter].format({ instructions: '', fields: asked }, [{ ...inputs, ...outputs }], {})
  return plainMessages(messages).find(({ role }) => role === 'assistant')?.content ?? ''
}
