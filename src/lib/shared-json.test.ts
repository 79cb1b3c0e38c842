import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSharedJson, writeSharedJson } from './shared-json'

test('any JSON comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 4 })), values => {
      const plain: unknown = JSON.parse(JSON.stringify(values))
      expect(readSharedJson(writeSharedJson(values))).toEqual(plain)
    }),
  )
})

test('what values have in common stands once, and is one object again', () => {
  const large = { text: 'x'.repeat(10_000) }
  const text = writeSharedJson(Array.from({ length: 100 }, (_, n) => ({ n, large, list: [large] })))
  expect(text.length).toBeLessThan(20_000)
  const [first, second] = readSharedJson(text) as { large: unknown; list: unknown[] }[]
  expect(first?.large).toBe(second?.large)
  expect(first?.list[0]).toBe(second?.large)
})

test('another text is not read', () => {
  for (const text of ['', '[]', '{"table":1,"roots":[]}', '{"table":[1],"roots":[[0]]}', 'null'])
    expect(readSharedJson(text)).toBeUndefined()
})
