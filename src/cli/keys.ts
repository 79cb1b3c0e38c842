import { EngineError } from '@/engine/base/errors'
import type { ModelSpec } from '@/engine/lm/lm'
import type { RunModels } from '@/engine/record/spec'
import type { Flags } from './arguments'

/**
 * Keys by origin: `--key-env` names the key of the task LM's address, `--prompt-key-env` that of the prompt LM's where it is
 * another one, and so on. No other address gets a key, whatever a project file names. Throws `params-invalid` for a variable that is not set.
 */
export function keysOf(models: RunModels, flags: Flags): (origin: string) => Promise<string | undefined> {
  const keys = new Map<string, string>()
  for (const [flag, model] of [
    ['embedding-key-env', models.embedding],
    ['judge-key-env', models.judge],
    ['reflection-key-env', models.reflection],
    ['teacher-key-env', models.teacher],
    ['prompt-key-env', models.prompt],
    ['key-env', models.task],
  ] as const) {
    const key = readKey(flag, flags[flag])
    const origin = model && originOf(model)
    if (key !== undefined && origin !== undefined) keys.set(origin, key)
  }
  return async origin => keys.get(origin)
}

function originOf({ baseUrl }: ModelSpec): string | undefined {
  return baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl).origin : undefined
}

function readKey(flag: string, name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const key = process.env[name]?.trim()
  if (!key) throw new EngineError('params-invalid', `--${flag} names ${name}, but that environment variable is not set.`)
  return key
}
