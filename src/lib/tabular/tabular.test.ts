import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { convertCell } from '../cell-types'
import { readAll } from './read-all'
import { readTable } from './table-reader'

const bytes = (text: string) => new Blob([text])

/** The same bytes in pieces of `size`, so that every row is cut somewhere. */
function inPieces(text: string, size: number): ReadableStream<Uint8Array> {
  const data = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= data.length) return controller.close()
      controller.enqueue(data.slice(at, at + size))
      at += size
    },
  })
}

describe('CSV', () => {
  it('reads quotes, doubled quotes and line breaks inside cells', async () => {
    const table = await readAll('text,label\n"a, ""b""\nc",x\nplain,y\n')
    expect(table.rows).toEqual([
      ['a, "b"\nc', 'x'],
      ['plain', 'y'],
    ])
  })

  it.each([
    [',', 'commas'],
    [';', 'semicolons'],
    ['\t', 'tabs'],
    ['|', 'vertical bars'],
  ])('finds the delimiter %j', async (delimiter, title) => {
    const table = await readAll(['a', 'b'].join(delimiter) + '\r\n' + ['1, one', '2'].map(cell => `"${cell}"`).join(delimiter) + '\r\n')
    expect(table.details).toContain(title)
    expect(table.rows).toEqual([['1, one', 2]])
  })

  it('takes off a byte order mark and reads UTF-16 and Windows-1252', async () => {
    const marked = await readAll(bytes('\uFEFFname\nÄ\n'))
    expect(marked.columns[0]?.name).toBe('name')
    expect(marked.details).toContain('UTF-8 with BOM')
    const windows = await readAll(new Blob([new Uint8Array([110, 10, 0xc4, 0x20, 0xfc, 10])]))
    expect(windows.rows).toEqual([['Ä ü']])
    const wide = new Uint8Array([
      0xff,
      0xfe,
      ...'n,m\n1,ß\n'.split('').flatMap(char => [char.charCodeAt(0) & 255, char.charCodeAt(0) >> 8]),
    ])
    expect((await readAll(new Blob([wide]))).rows).toEqual([[1, 'ß']])
  })

  it('tells ragged rows with their line and keeps the others', async () => {
    const table = await readAll('a,b\n1,2\n"x\ny"\n3,4,5\n6,7\n')
    expect(table.rows).toEqual([
      [1, 2],
      [6, 7],
    ])
    expect(table.badRows.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'has 1 cell, the header has 2'],
      [5, 'has 3 cells, the header has 2'],
    ])
  })

  it('goes on after a quotation mark that is never closed', async () => {
    const table = await readAll('a,b\n1,"open\n2,3\n4,5\n')
    expect(table.badRows).toEqual([{ line: 2, reason: 'opens a quotation mark that is never closed', text: '1,"open\n' }])
    expect(table.rows).toEqual([
      [2, 3],
      [4, 5],
    ])
  })

  it('calls a row bad whose quoted cell goes on after its end', async () => {
    const table = await readAll('a,b\n1,"x"y\n2,z\n')
    expect(table.badRows[0]).toMatchObject({ line: 2, reason: 'has text after a closing quotation mark' })
    expect(table.rows).toEqual([[2, 'z']])
  })

  it('names nameless and repeated columns', async () => {
    const table = await readAll('a,,a,__proto__\n1,2,3,4\n')
    expect(table.columns.map(column => column.name)).toEqual(['a', 'column 2', 'a 2', 'proto'])
  })

  it('reads the same whatever the pieces it comes in', async () => {
    const text = 'a;b\r\n"é ""1""\r\n2";3\r\n4;"5"\r\n6;ü'
    const whole = await readAll(text)
    expect(whole.rowCount).toBe(3)
    for (const size of [1, 2, 3, 5, 7, 64]) {
      const cut = await readAll(inPieces(text, size), { name: 'x.csv' })
      expect(cut.rows, `pieces of ${size}`).toEqual(whole.rows)
    }
  })

  it('agrees with Papa Parse on what Papa Parse wrote', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            cell,
            cell,
            cell.map(text => `${text}a`),
          ),
          { minLength: 1, maxLength: 8 },
        ),
        async rows => {
          const text = Papa.unparse([['x', 'y', 'z'], ...rows], { quotes: true, newline: '\n' })
          const read: unknown[][] = []
          const summary = await readTable(text, {
            format: 'csv',
            onRows: batch => {
              read.push(...batch)
            },
          })
          expect(summary.badRowCount).toBe(0)
          expect(read).toEqual(Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' }).data.slice(1))
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('JSON', () => {
  it('reads JSON lines and tells bad ones', async () => {
    const table = await readAll('{"q":"one","n":1}\n\nnonsense\n[1]\n{"n":2,"extra":{"a":[1]}}\n', { name: 'rows.jsonl' })
    expect(table.format).toBe('jsonl')
    expect(table.columns).toEqual([
      { name: 'q', type: 'str', place: 0 },
      { name: 'n', type: 'int', place: 1 },
      { name: 'extra', type: 'json', place: 2 },
    ])
    expect(table.rows).toEqual([
      ['one', 1, null],
      [null, 2, { a: [1] }],
    ])
    expect(table.badRows.map(row => row.line)).toEqual([3, 4])
    expect(table.badRows[1]?.reason).toBe('is a list, not an object with one value for each column')
  })

  it('reads an array element by element in any pieces', async () => {
    const text = '[\n {"a": "x]}\\"", "b": [1, {"c": 2}]},\n 7,\n {"a": bad},\n {"a": "y", "b": null}\n]\n'
    for (const size of [1, 4, 1000]) {
      const table = await readAll(inPieces(text, size), { name: 'rows.json' })
      expect(table.rows).toEqual([
        ['x]}"', [1, { c: 2 }]],
        ['y', null],
      ])
      expect(table.badRows.map(row => row.line)).toEqual([3, 4])
    }
  })

  it('tells an array that is cut off and keeps the rows before', async () => {
    const table = await readAll('[{"a":1},{"a":2},{"a":')
    expect(table.rowCount).toBe(2)
    expect(table.badRows[0]?.reason).toContain('cut off')
  })

  it('finds the rows inside an object', async () => {
    const table = await readAll('{"version": 1, "data": [{"a": 1}, {"a": 2}]}', { name: 'd.json' })
    expect(table.rows).toEqual([[1], [2]])
    expect(table.details).toContain('rows of "data"')
  })

  it('says what is wrong with JSON that holds no rows', async () => {
    await expect(readAll('{"a": 1, "b": [2]}', { name: 'd.json' })).rejects.toThrow('no list of rows')
  })

  it('refuses rows nested without end', async () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000)
    const table = await readAll(`{"a":1}\n{"a":${deep}}\n`)
    expect(table.badRows[0]?.reason).toContain('levels deep')
  })
})

describe('types', () => {
  it('takes the narrowest type that fits all cells', async () => {
    const table = await readAll('i,f,b,s,zip,j,e,mix\n1,1.5,true,x,01234,"{""a"":1}",,1\n-2,3,FALSE,y,99999,[2],,x\n')
    expect(table.columns.map(column => column.type)).toEqual(['int', 'float', 'bool', 'str', 'str', 'json', 'str', 'str'])
    expect(table.rows[0]).toEqual([1, 1.5, true, 'x', '01234', { a: 1 }, '', '1'])
  })

  it('keeps a cell as it is when it does not fit its column', () => {
    expect(convertCell('many', 'int')).toBe('many')
    expect(convertCell('1.5', 'int')).toBe('1.5')
    expect(convertCell('', 'float')).toBe(null)
    expect(convertCell(5, 'str')).toBe('5')
  })
})

describe('limits', () => {
  it('stops at each limit with a sentence', async () => {
    await expect(readAll('a\n1\n2\n3\n', { limits: { maxRows: 2 } })).rejects.toThrow('more than 2 rows')
    await expect(readAll('a,b,c\n1,2,3\n', { limits: { maxColumns: 2 } })).rejects.toThrow('more than 2 columns')
    await expect(readAll(bytes('a\n' + 'x'.repeat(3e6)), { limits: { maxBytes: 2 ** 20 } })).rejects.toThrow('larger than 1 MB')
    await expect(readAll('')).rejects.toThrow('no rows')
    const table = await readAll('a\nlong cell\nok\n', { limits: { maxCellLength: 5 } })
    expect(table.badRows[0]?.reason).toBe('has a cell longer than 5 characters')
  })

  it('stops reading a stream that is too long instead of taking all of it', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new TextEncoder().encode('a,b\n'.repeat(10_000)))
      },
    })
    await expect(readTable(endless, { limits: { maxBytes: 2 ** 20, maxRows: 1e9 } })).rejects.toThrow('larger than 1 MB')
    expect(pulled).toBeLessThan(200)
  })

  it('reads 100,000 rows in a few seconds and tells its progress', async () => {
    const text = 'id,text,score\n' + Array.from({ length: 100_000 }, (_, i) => `${i},"row, ${i}",${i / 4}`).join('\n')
    const shares: number[] = []
    let rows = 0
    const started = performance.now()
    const summary = await readTable(bytes(text), {
      onProgress: share => shares.push(share),
      onRows: batch => {
        rows += batch.length
      },
    })
    expect(rows).toBe(100_000)
    expect(summary.columns.map(column => column.type)).toEqual(['int', 'str', 'float'])
    expect(shares.at(-1)).toBe(1)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
