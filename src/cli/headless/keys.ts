import { EngineError, isEngineError } from '@/engine/base/errors'
import { createLiveKeys } from '@/engine/lm/keys/live-keys'
import type { ModelSpec } from '@/engine/lm/lm'
import { takeKey } from '@/engine/lm/keys/take-key'
import type { RunModels } from '@/engine/record/spec'
import type { Flags } from './arguments'

/** Of this process, which runs one command: what it writes and prints holds none of them. */
export const liveKeys = createLiveKeys()

/**
 * Keys by origin: `--key-env` names the key of the task LM's address, `--prompt-key-env` that of the prompt LM's where it is
 * another one, and so on. No other address gets a key, whatever a project file names. Throws `params-invalid` for a
 * variable that is not set or holds no key; what was left out of one is told.
 */
export function keysOf(
  models: RunModels,
  flags: Flags,
  tell: (remark: string) => void = () => undefined,
): (origin: string) => Promise<string | undefined> {
  const keys = new Map<string, string>()
  for (const [flag, model] of [
    ['embedding-key-env', models.embedding],
    ['judge-key-env', models.judge],
    ['extraction-key-env', models.extraction],
    ['reflection-key-env', models.reflection],
    ['teacher-key-env', models.teacher],
    ['prompt-key-env', models.prompt],
    ['key-env', models.task],
  ] as const) {
    const key = readKey(flag, flags[flag], tell)
    const origin = model && originOf(model)
    if (key === undefined) continue
    liveKeys.use(key)
    if (origin !== undefined) keys.set(origin, key)
  }
  return async origin => keys.get(origin)
}

function originOf({ baseUrl }: ModelSpec): string | undefined {
  return baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl).origin : undefined
}

function readKey(flag: string, name: string | undefined, tell: (remark: string) => void): string | undefined {
  if (name === undefined) return undefined
  const value = process.env[name]
  if (!value?.trim()) throw new EngineError('params-invalid', `--${flag} names ${name}, but that environment variable is not set.`)
  try {
    const { key, remarks } = takeKey(value)
    for (const remark of remarks) tell(`${name}: ${remark}`)
    return key
  } catch (error) {
    if (!isEngineError(error)) throw error
    throw new EngineError('params-invalid', `--${flag} names ${name}, which holds no usable key. ${error.message}`)
  }
}
