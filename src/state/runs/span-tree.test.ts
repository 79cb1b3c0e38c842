import { describe, expect, it } from 'vitest'
import type { Span } from '@/engine/trace/span'
import { spanTree } from './span-tree'

const span = (about: Partial<Span>): Span => ({ node: 'n', name: 'Step', inputs: {}, calls: [], ms: 1, ...about })

describe('spanTree', () => {
  it('hangs what a step did below it, in order', () => {
    const trace = [
      span({ id: 'n', name: 'Agent' }),
      span({ id: 'n/0', parent: 'n', kind: 'attempt', name: 'first' }),
      span({ id: 'n/0/0', parent: 'n/0', kind: 'predict', name: 'inner' }),
      span({ id: 'n/1', parent: 'n', kind: 'tool', name: 'lookup' }),
      span({ node: 'm', name: 'Next' }),
    ]
    const [agent, next] = spanTree(trace)
    expect(agent?.children.map(({ span: { name } }) => name)).toEqual(['first', 'lookup'])
    expect(agent?.children[0]?.children.map(({ span: { name } }) => name)).toEqual(['inner'])
    expect(next).toMatchObject({ span: { name: 'Next' }, children: [] })
  })

  it('keeps every span, also one whose parent is missing and traces without ids', () => {
    expect(spanTree([span({ name: 'a' }), span({ name: 'b' })])).toHaveLength(2)
    expect(spanTree([span({ id: 'x/0', parent: 'x', name: 'lost' })])[0]?.span.name).toBe('lost')
  })
})
