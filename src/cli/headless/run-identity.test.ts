import { describe, expect, it } from 'vitest'
import { keyedEndpoint } from '@/engine/run/plan/run-facts'
import { toyModel, toyRun } from '@/testing/toy-run'
import { continued } from './run-identity'

function specAt(baseUrl: string, keys = true) {
  const model = { ...toyModel, baseUrl }
  return { model, spec: toyRun({ models: { task: model, prompt: model, overrides: {} }, ...(keys && { callKeys: { version: 2 } }) }).spec }
}

describe('a run that goes on', () => {
  it('keeps its keys when its model has moved, also twice', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(host => specAt(`http://${host}.example/v1`))
    if (!a || !b || !c) throw new Error('three addresses')
    const second = continued(a.spec, b.spec)
    expect(keyedEndpoint(second, b.model)).toBe('http://a.example/v1')
    expect(keyedEndpoint(continued(second, c.spec), c.model)).toBe('http://a.example/v1')
    expect(keyedEndpoint(continued(second, a.spec), a.model)).toBe('http://a.example/v1')
    expect(continued(a.spec, a.spec).callKeys).toEqual({ version: 2 })
  })

  it('keeps keys without an endpoint where it began with those', () => {
    const [old, now] = [specAt('http://a.example/v1', false), specAt('http://b.example/v1')]
    expect(continued(old.spec, now.spec).callKeys).toBeUndefined()
    expect(keyedEndpoint(continued(old.spec, now.spec), now.model)).toBeUndefined()
  })

  it('begins with what was known when it began', () => {
    const facts = [{ model: 'toy-1', endpoint: 'http://a.example/v1', refused: ['seed'] as const }]
    const { spec } = specAt('http://a.example/v1')
    expect(continued({ ...spec, facts }, spec).facts).toEqual(facts)
    expect(continued(spec, { ...spec, facts }).facts).toBeUndefined()
  })
})
