import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { edge, field, inputNode, outputNode, signatureNode } from '@/testing/toy-programs'
import type { FieldType } from '../signature/types/field-type'
import { coerceValue } from '../signature/check-value'
import { typeMismatch } from '../program/type-compatible'
import { fieldTypeSchema } from '../program/program-schema'
import { checkGraph } from './check'

const image: FieldType = { kind: 'image' }
const ref = { $blob: 'a'.repeat(64), mime: 'image/png', bytes: 3 }

describe('an image as a type', () => {
  it('takes a reference and nothing that only looks like one', () => {
    expect(coerceValue(image, ref)).toEqual({ ok: true, value: ref })
    const address = { $url: 'https://a.example/b.png' }
    for (const value of [address, address.$url, ` ${address.$url} `, { url: address.$url }])
      expect(coerceValue(image, value)).toEqual({ ok: true, value: address })
    for (const value of [
      'b.png',
      'ftp://a.example/b',
      { ...ref, $blob: 'x' },
      { ...ref, mime: 'audio/wav' },
      { url: 'b.png' },
      3,
      null,
    ] as Json[])
      expect(coerceValue(image, value).ok).toBe(false)
    expect(coerceValue({ kind: 'list', of: image }, [ref])).toEqual({ ok: true, value: [ref] })
    expect(coerceValue({ kind: 'optional', of: image }, null)).toEqual({ ok: true, value: null })
  })

  it('is wired to images and to whatever takes anything, not to text', () => {
    const list: FieldType = { kind: 'list', of: image }
    expect(typeMismatch(image, image)).toBeUndefined()
    expect(typeMismatch(image, { kind: 'any' })).toBeUndefined()
    expect(typeMismatch(image, { kind: 'optional', of: image })).toBeUndefined()
    expect(typeMismatch(image, { kind: 'str' })).toBe('dspy.Image does not fit str')
    expect(typeMismatch(list, { kind: 'str' })).toMatch(/does not fit/)
    expect(typeMismatch({ kind: 'str' }, image)).toMatch(/does not fit/)
  })

  it('is stored as any other', () => {
    expect(fieldTypeSchema.parse({ kind: 'list', of: image })).toEqual({ kind: 'list', of: image })
  })

  it('is no output that a model can be asked for', () => {
    const graph = {
      nodes: [
        inputNode(field('photo', 'output', image)),
        signatureNode('draw', 'Draw', [field('photo', 'input', image), field('picture', 'output', { kind: 'list', of: image })]),
        outputNode(field('picture', 'input', { kind: 'list', of: image })),
      ],
      edges: [edge('in.photo', 'draw.photo'), edge('draw.picture', 'out.picture')],
    }
    expect(checkGraph(graph).map(({ node, field: at, message }) => [node, at, message])).toEqual([
      ['draw', 'f-picture', expect.stringContaining('cannot write one')],
    ])
  })
})
