import { EngineError } from '@/engine/base/errors'
import { announce, onChange } from '@/storage/change-notices'
import { forgetAllSecrets, forgetSecret, listSecrets, recallSecret, rememberSecret } from '@/storage/secrets'
import type { KeyInfo } from './api'

/** Keys of this worker: in memory, and sealed on disk where the user asked for it. Each belongs to one exact origin. */
export interface KeyRing {
  set(origin: string, key: string, remember: boolean): Promise<void>
  list(): Promise<readonly KeyInfo[]>
  forget(origin: string): Promise<void>
  forgetAll(): Promise<void>
  /** The key for exactly this origin: no other host, no other port, no plain http for https. */
  authorize(origin: string): Promise<string | undefined>
}

export function createKeyRing(): KeyRing {
  const inMemory = new Map<string, string>()
  /** Origins that were looked up and have no remembered key, so that a run does not open the vault for each call. */
  const unknown = new Set<string>()
  const fromVault = new Set<string>()

  // Another tab may remember or forget a key at any time.
  onChange(notice => {
    if (notice.store !== 'keys') return
    unknown.clear()
    for (const origin of fromVault) inMemory.delete(origin)
    fromVault.clear()
  })

  return {
    async set(address, key, remember) {
      const origin = originOf(address)
      const trimmed = key.trim()
      if (trimmed === '') throw new EngineError('params-invalid', 'The key is empty. Paste the whole key.')
      inMemory.set(origin, trimmed)
      unknown.delete(origin)
      if (remember) await rememberSecret(origin, trimmed)
      else await forgetSecret(origin)
      announce('keys', origin)
    },
    async list() {
      const remembered = await listSecrets()
      const infos = new Map<string, KeyInfo>()
      for (const [origin, key] of inMemory) infos.set(origin, { origin, last4: key.slice(-4), remembered: false })
      for (const { origin, last4 } of remembered) infos.set(origin, { origin, last4, remembered: true })
      return [...infos.values()].sort((a, b) => a.origin.localeCompare(b.origin))
    },
    async forget(address) {
      const origin = originOf(address)
      inMemory.delete(origin)
      await forgetSecret(origin)
      announce('keys', origin)
    },
    async forgetAll() {
      inMemory.clear()
      await forgetAllSecrets()
      announce('keys', 'all')
    },
    async authorize(address) {
      const origin = originOf(address)
      const known = inMemory.get(origin)
      if (known !== undefined || unknown.has(origin)) return known
      const remembered = await recallSecret(origin)
      if (remembered === undefined) {
        unknown.add(origin)
      } else {
        inMemory.set(origin, remembered)
        fromVault.add(origin)
      }
      return remembered
    },
  }
}

function originOf(address: string): string {
  const url = URL.parse(address)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new EngineError('params-invalid', `"${address}" is no web address. Give one such as https://api.example.com/v1.`)
  }
  return url.origin
}
