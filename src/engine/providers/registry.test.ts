import { expect, it } from 'vitest'
import { isLoopbackHost, parseBaseUrl } from './openai/hosts'
import { presetOf } from './openai/endpoint-presets'
import { providerKind, providers } from './registry'

const presets = providers.flatMap(provider => provider.presets)

it('has one entry per provider, and none for an unknown one', () => {
  expect(providers.map(provider => provider.id)).toEqual(['sandbox', 'openai-compatible'])
  expect(providerKind('sandbox').needsKey).toBe('never')
})

it.each(presets.map(preset => [preset.id, preset] as const))('has a usable address for %s', (_id, preset) => {
  const url = parseBaseUrl(preset.baseUrl)
  expect(isLoopbackHost(url.hostname)).toBe(preset.isLocal)
  expect(url.protocol).toBe(preset.isLocal ? 'http:' : 'https:')
  expect(preset.needsKey).toBe(!preset.isLocal)
  expect(preset.keyUrl === undefined).toBe(preset.isLocal)
})

it('finds a preset by its origin', () => {
  expect(presetOf('https://api.openai.com')?.id).toBe('openai')
  expect(presetOf('https://api.openai.com.evil.example')).toBeUndefined()
})

it('has unique ids', () => {
  expect(new Set(presets.map(preset => preset.id)).size).toBe(presets.length)
})
