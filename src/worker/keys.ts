import { EngineError } from '@/engine/base/errors'
import type { LiveKeys } from '@/engine/lm/keys/live-keys'
import type { Masker } from '@/engine/lm/keys/mask'
import { lastLetters, takeKey } from '@/engine/lm/keys/take-key'
import { announce, onChange } from '@/storage/change-notices'
import { forgetAllSecrets, forgetSecret, listSecrets, recallAllSecrets, rememberSecret } from '@/storage/secrets'
import type { KeyInfo } from './api'

/** Keys of this worker: in memory, and sealed on disk where the user asked for it. Each belongs to one exact origin. */
export interface KeyRing {
  /** Returns what is worth saying about the key as it was typed, each a sentence. Throws `params-invalid` for what is no key. */
  set(origin: string, key: string, remember: boolean): Promise<readonly string[]>
  list(): Promise<readonly KeyInfo[]>
  /** In every tab, whichever of them it was entered in. */
  forget(origin: string): Promise<void>
  forgetAll(): Promise<void>
  /**
   * The key for exactly this origin: no other host, no other port, no plain http for https. Throws `lm-auth` where it was forgotten while work
   * was under way that still is: what was begun with a key goes on with one, or not at all.
   */
  authorize(origin: string): Promise<string | undefined>
  /**
   * Work begins; the function that comes back ends it. Once none is under way that saw a key forgotten, its origin is asked without one, since
   * some servers need none.
   */
  beginWork(): () => void
  /** A masker that knows the remembered keys as well, whether or not one of them was asked for. */
  masker(): Promise<Masker>
}

interface HeldKey {
  readonly key: string
  readonly isFromVault: boolean
  /** Nobody here keeps it any more. */
  readonly release: () => void
}

export function createKeyRing(liveKeys: LiveKeys): KeyRing {
  const inMemory = new Map<string, HeldKey>()
  /** By origin: the works under way that saw its key forgotten. */
  const forgotten = new Map<string, Set<object>>()
  const works = new Set<object>()
  /** Counts what was forgotten or set, so that a key read from the vault meanwhile is not put back. */
  let changes = 0
  let vault: Promise<void> | undefined

  const hold = (origin: string, key: string, isFromVault: boolean): void => {
    const before = inMemory.get(origin)
    inMemory.set(origin, { key, isFromVault, release: liveKeys.use(key) })
    before?.release()
    forgotten.delete(origin)
  }
  const drop = (origin: string): void => {
    const held = inMemory.get(origin)
    if (!held) return
    inMemory.delete(origin)
    held.release()
    if (works.size > 0) forgotten.set(origin, new Set(works))
  }
  const dropAll = (): void => {
    for (const origin of inMemory.keys()) drop(origin)
  }

  /** Known from the start, not only once they are sent. */
  function readVault(): Promise<void> {
    const reading = (async () => {
      for (;;) {
        const before = changes
        const remembered = await recallAllSecrets()
        if (before !== changes) continue
        for (const [origin, { isFromVault }] of inMemory) if (isFromVault && !remembered.has(origin)) drop(origin)
        for (const [origin, key] of remembered) {
          const held = inMemory.get(origin)
          // What was typed here goes before what another tab remembers.
          if (!held || (held.isFromVault && held.key !== key)) hold(origin, key, true)
        }
        return
      }
    })()
    vault = reading
    reading.catch(() => {
      if (vault === reading) vault = undefined
    })
    return reading
  }
  const vaultRead = (): Promise<void> => vault ?? readVault()
  void readVault()

  onChange(({ store, id }) => {
    if (store === forgottenKeys) {
      changes += 1
      if (id === undefined) dropAll()
      else drop(id)
    } else if (store === 'keys') {
      // Another tab has remembered a key, or put one of its own in the place of a remembered one.
      changes += 1
      void readVault().catch(() => undefined)
    }
  })

  return {
    async set(address, typed, remember) {
      const origin = originOf(address)
      const { key, remarks, caution } = takeKey(typed)
      changes += 1
      hold(origin, key, false)
      if (remember) await rememberSecret(origin, key)
      else await forgetSecret(origin)
      announce('keys', origin)
      return caution === undefined ? remarks : [...remarks, caution]
    },
    async list() {
      const remembered = await listSecrets()
      const infos = new Map<string, KeyInfo>()
      for (const [origin, { key, isFromVault }] of inMemory)
        if (!isFromVault) infos.set(origin, { origin, last4: lastLetters(key), remembered: false })
      for (const { origin, last4 } of remembered) infos.set(origin, { origin, last4, remembered: true })
      return [...infos.values()].sort((a, b) => a.origin.localeCompare(b.origin))
    },
    async forget(address) {
      const origin = originOf(address)
      changes += 1
      drop(origin)
      try {
        await forgetSecret(origin)
      } finally {
        announce(forgottenKeys, origin)
      }
    },
    async forgetAll() {
      changes += 1
      dropAll()
      try {
        await forgetAllSecrets()
      } finally {
        announce(forgottenKeys)
      }
    },
    async authorize(address) {
      const origin = originOf(address)
      if (!inMemory.has(origin)) await vaultRead()
      const held = inMemory.get(origin)
      if (held) return held.key
      if (forgotten.has(origin)) throw keyForgotten(origin)
      return undefined
    },
    beginWork() {
      const work = {}
      works.add(work)
      return () => {
        works.delete(work)
        for (const [origin, waiting] of forgotten) if (waiting.delete(work) && waiting.size === 0) forgotten.delete(origin)
      }
    },
    async masker() {
      await vaultRead()
      return liveKeys.masker()
    },
  }
}

/** What a tab announces when a key is to be forgotten: `keys` alone says that some key has changed. */
export const forgottenKeys = 'forgottenKeys'

function keyForgotten(origin: string): EngineError {
  return new EngineError(
    'lm-auth',
    `The key for ${origin} was forgotten, and nothing is sent there without it. Enter it again in Settings, under “Models and keys”.`,
    { isRetryable: false, isUnsent: true, isKeyForgotten: true },
  )
}

function originOf(address: string): string {
  const url = URL.parse(address)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new EngineError('params-invalid', 'This is not a web address. Give one such as https://api.example.com/v1.')
  }
  // A secret of a tool has a name, and stands behind its origin with nothing between.
  const name = /^#[A-Za-z_]\w{0,99}$/.exec(url.hash)?.[0]
  return name !== undefined && address.trim() === `${url.origin}${name}` ? `${url.origin}${name}` : url.origin
}
