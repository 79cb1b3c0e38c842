import { EngineError, isEngineError } from '@/engine/base/errors'
import { takeKey } from '@/engine/lm/keys/take-key'
import type { RunSpec } from '@/engine/record/spec'
import { checkTools } from '@/engine/run/work/preflight'
import { originOf } from '@/engine/tools/http-tool'
import { secretPlace } from '@/engine/tools/secret-place'
import type { ToolHost } from '@/engine/tools/tool-kind'
import { systemClock } from '@/lib/system-clock'
import type { Flags } from './arguments'
import { liveKeys } from './keys'

/**
 * What the tools of a project may use: the addresses that `--allow-host` names and no others, whatever a project file says, and the secrets that
 * `--secret` binds to one of them. Throws `params-invalid` for a flag that says neither.
 */
export function toolHostOf(flags: Flags): ToolHost {
  const allowed = new Set((flags['allow-host'] ?? []).map(allowedOrigin))
  const secrets = new Map((flags.secret ?? []).map(readSecret))
  return {
    fetch: (url, init) => fetch(url, init),
    clock: systemClock,
    allows: async origin => allowed.has(origin),
    secret: async (origin, name) => secrets.get(secretPlace(origin, name)),
    keys: liveKeys,
    sessions: new Map(),
  }
}

/** Refuses before anything begins, and says which flag to give. */
export async function requireTools(spec: RunSpec, host: ToolHost): Promise<void> {
  try {
    await checkTools(spec, host)
  } catch (error) {
    if (!isEngineError(error, 'tool-refused')) throw error
    const { origins, origin, secret } = error.facts
    const flags = Array.isArray(origins)
      ? origins.map(one => `--allow-host ${String(one)}`).join(' ')
      : `--secret ${secretPlace(String(origin), String(secret))}=NAME_OF_A_VARIABLE`
    throw new EngineError('tool-refused', `${error.message} Give ${flags}.`, error.facts, error)
  }
}

function allowedOrigin(text: string): string {
  const origin = originOf(text)
  if (origin !== undefined) return origin
  throw new EngineError('params-invalid', `--allow-host must be an address such as https://api.example.com, not "${text}".`)
}

function readSecret(text: string): readonly [place: string, secret: string] {
  const [, address = '', name = '', variable = ''] = /^([^#\s]+)#(\w+)=(\w+)$/.exec(text) ?? []
  const origin = originOf(address)
  if (origin === undefined)
    throw new EngineError(
      'params-invalid',
      `--secret must be an address, a name and an environment variable, such as https://api.example.com#API_KEY=MY_KEY, not "${text}".`,
    )
  const value = process.env[variable]
  if (!value?.trim()) throw new EngineError('params-invalid', `--secret names ${variable}, but that environment variable is not set.`)
  const { key } = takeKey(value)
  liveKeys.use(key)
  return [secretPlace(origin, name), key]
}
