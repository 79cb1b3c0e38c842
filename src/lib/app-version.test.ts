import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseJson } from './json'
import { appVersion } from './app-version'

it('is the version of the package', () => {
  const json = parseJson(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(json).toMatchObject({ ok: true, value: { version: appVersion } })
})
