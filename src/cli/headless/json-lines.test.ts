import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { workplace, type Workplace } from '@/testing/cli-process'
import { openJsonLines } from './json-lines'

/** Bytes the disk still takes; Infinity for a healthy one. */
const disk = vi.hoisted(() => ({ room: Infinity }))
vi.mock('node:fs', async importActual => {
  const fs = await importActual<typeof import('node:fs')>()
  const writeSync = (file: number, bytes: Buffer, offset = 0): number => {
    const room = Math.min(bytes.length - offset, disk.room)
    disk.room -= room
    if (room > 0) return fs.writeSync(file, bytes, offset, room)
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  }
  return { ...fs, writeSync }
})

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.remove())

const records = [{ a: 1 }, { text: 'zwei Zeilen\nund ein é日😀' }, { list: [1, 2, { deep: null }] }, {}]

describe('a file of lines', () => {
  it('gives back what was appended, in order and by place', () => {
    const lines = openJsonLines(place.path('plain'))
    const first = lines.append(records.slice(0, 1))
    const second = lines.append(records.slice(1))
    expect(lines.readAll(value => value).records).toEqual(records)
    expect([lines.readAt(first), lines.readAt(second)]).toEqual(records.slice(0, 2))
    lines.close()
    const again = openJsonLines(place.path('plain'))
    expect(again.readAll(value => value).records).toEqual(records)
    const places: number[] = []
    again.scan((_bytes, { offset }) => places.push(offset))
    expect(places).toEqual([first.offset, second.offset, expect.any(Number), expect.any(Number)])
    again.close()
  })

  it('drops a torn last line wherever it was torn, and goes on after it', () => {
    const whole = Buffer.from(records.map(record => `${JSON.stringify(record)}\n`).join(''))
    for (let cut = 0; cut <= whole.length; cut++) {
      const path = place.path('torn')
      writeFileSync(path, whole.subarray(0, cut))
      const kept = whole.subarray(0, cut).toString('latin1').split('\n').length - 1
      const lines = openJsonLines(path)
      lines.append([{ next: cut }])
      expect(lines.readAll(value => value).records).toEqual([...records.slice(0, kept), { next: cut }])
      lines.close()
    }
  })

  it('reads lines that are longer than one read', () => {
    const lines = openJsonLines(place.path('long'))
    const long = [{ text: 'é'.repeat(3_000_000) }, { short: true }, { text: 'x'.repeat(9_000_000) }]
    const placed = long.map(record => lines.append([record]))
    expect(lines.readAll(value => value).records).toEqual(long)
    expect(placed.map(one => lines.readAt(one))).toEqual(long)
    lines.close()
  })

  it('writes all of an append or nothing when the disk is full, and goes on when there is room', () => {
    const path = place.path('full')
    const lines = openJsonLines(path)
    lines.append([{ before: true }])
    disk.room = 30
    expect(() => lines.append([{ text: 'does not fit' }, { text: 'at all, not even in part' }])).toThrow(/no room left.*full/)
    expect(readFileSync(path, 'utf8')).toBe('{"before":true}\n')
    disk.room = Infinity
    lines.append([{ after: true }])
    expect(lines.readAll(value => value).records).toEqual([{ before: true }, { after: true }])
    lines.close()
  })
})
