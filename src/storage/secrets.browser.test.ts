import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { forgetAllSecrets, forgetSecret, listSecrets, recallAllSecrets, rememberSecret } from './secrets'

const database = 'dspy-studio-secrets'
const recallSecret = async (origin: string) => (await recallAllSecrets()).get(origin)
beforeEach(() => deleteDB(database))
afterEach(() => deleteDB(database))

it('gives a remembered key back to its own origin only', async () => {
  await rememberSecret('https://api.example.com', 'sk-canary-1234')
  expect(await recallSecret('https://api.example.com')).toBe('sk-canary-1234')
  expect(await recallSecret('https://evil.example')).toBeUndefined()
  expect(await recallSecret('https://api.example.com:8443')).toBeUndefined()
  expect(await listSecrets()).toEqual([{ origin: 'https://api.example.com', last4: '1234' }])
})

it('stores no key in the clear, and the key that seals it cannot be taken out', async () => {
  await rememberSecret('https://api.example.com', 'sk-canary-1234')
  const db = await openDB(database)
  const [secret] = await db.getAll('secrets')
  const vault: unknown = await db.get('vault', 'key')
  db.close()
  expect(new TextDecoder('latin1').decode(secret.sealed)).not.toContain('canary')
  expect(vault).toBeInstanceOf(CryptoKey)
  if (!(vault instanceof CryptoKey)) return
  expect(vault.extractable).toBe(false)
  for (const format of ['raw', 'jwk'] as const) {
    await expect(crypto.subtle.exportKey(format, vault)).rejects.toThrow('not extractable')
  }
})

it('does not open a record that was moved to another origin', async () => {
  await rememberSecret('https://api.example.com', 'sk-canary-1234')
  const db = await openDB(database)
  const [secret] = await db.getAll('secrets')
  await db.put('secrets', { ...secret, origin: 'https://evil.example' })
  db.close()
  expect(await recallSecret('https://evil.example')).toBeUndefined()
})

it('forgets one key, or all of them', async () => {
  await rememberSecret('https://a.example', 'key-aaaa')
  await rememberSecret('https://b.example', 'key-bbbb')
  await forgetSecret('https://a.example')
  expect((await listSecrets()).map(secret => secret.origin)).toEqual(['https://b.example'])
  await forgetAllSecrets()
  expect(await listSecrets()).toEqual([])
  expect(await recallSecret('https://b.example')).toBeUndefined()
})

it('makes one seal when two tabs remember a key at once', async () => {
  await Promise.all(['a', 'b', 'c'].map(host => rememberSecret(`https://${host}.example`, `key-${host}`)))
  expect(await recallSecret('https://a.example')).toBe('key-a')
  expect(await recallSecret('https://c.example')).toBe('key-c')
})
