import { expect, it } from 'vitest'
import { moduleKinds } from '@/engine/modules/registry'
import { findKinds } from './find-kinds'
import { kindsAccepting, nodeKinds } from './node-kinds'

const found = (query: string): readonly string[] => findKinds(nodeKinds(), query).map(({ id }) => id)

it('offers the kinds of nodes as they are while nothing is typed', () => {
  expect(found('')).toEqual(nodeKinds().map(({ kind }) => kind))
  expect(found('  ')).toEqual(found(''))
})

it.each([
  ['chain', 'chain-of-thought'],
  ['chain of thought', 'chain-of-thought'],
  ['Chain-of-Thought', 'chain-of-thought'],
  ['cot', 'chain-of-thought'],
  ['react', 'react'],
  ['best of', 'best-of-n'],
  ['bestofn', 'best-of-n'],
  ['mcc', 'multi-chain-comparison'],
  ['code', 'code'],
  ['in', 'input'],
  ['out', 'output'],
  ['output', 'output'],
  ['vote', 'vote'],
  ['sig', 'signature'],
])('%j means %s', (query, id) => {
  expect(found(query)[0]).toBe(id)
})

it('knows every module by its name, its id and the beginning of either', () => {
  for (const { id, title } of moduleKinds) {
    for (const query of [id, title, title.toUpperCase(), title.slice(0, 4)]) expect(found(query)).toContain(id)
    expect(found(title)[0]).toBe(id)
  }
})

it('finds nothing for what is no name and stands in no help', () => {
  expect(found('xylophone')).toEqual([])
  expect(found('?!')).toEqual([])
})

it('offers a module wherever a signature fits', () => {
  for (const side of ['from', 'to'] as const) expect(findKinds(kindsAccepting(side), 'react').map(({ id }) => id)).toContain('react')
})
