import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLiveKeys, type LiveKeys } from './live-keys'

describe('the keys in use', () => {
  const said = (keys: LiveKeys): string => keys.masker().text('a my-own-secret')
  const [hidden, shown] = ['a [key removed]', 'a my-own-secret']

  it('are hidden until nobody uses them', () => {
    const keys = createLiveKeys()
    expect(said(keys)).toBe(shown)
    const [first, second] = [keys.use('my-own-secret'), keys.use('my-own-secret')]
    first()
    first()
    expect(said(keys)).toBe(hidden)
    second()
    expect(said(keys)).toBe(shown)
  })

  it('are hidden until all work has ended that was open meanwhile, in whatever order it ends', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('use', 'open', 'end'), fc.nat(9)), { maxLength: 40 }), steps => {
        const keys = createLiveKeys()
        const open: { readonly kind: string; knows: boolean; end(): void }[] = []
        for (const [kind, which] of steps) {
          const isKnown = open.some(one => one.knows)
          if (kind === 'use') {
            open.push({ kind, knows: true, end: keys.use('my-own-secret') })
            for (const one of open) one.knows = true
          } else if (kind === 'open') open.push({ kind, knows: isKnown, end: keys.open() })
          else open.splice(which % Math.max(open.length, 1), 1).forEach(one => one.end())
          expect(said(keys)).toBe(open.some(one => one.knows) ? hidden : shown)
        }
        for (const one of open) one.end()
        expect(said(keys)).toBe(shown)
      }),
    )
  })
})
