import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../json'
import { encodeText } from '@/testing/encoded-text'
import { storedCell } from '../cell-types'
import { readTable } from './table-reader'
import type { TableOptions, TableSource } from './table'

/** The table as an import stores it. */
async function stored(source: TableSource, options: TableOptions = {}) {
  const raw: Json[][] = []
  const summary = await readTable(source, { ...options, onRows: rows => void raw.push(...rows) })
  return { ...summary, rows: raw.map(cells => summary.columns.map(({ place, type }) => storedCell(cells[place], type))) }
}

/** What a field of text would be given: the characters of the file. */
const asText = (rows: readonly (readonly Json[])[]) =>
  rows.map(cells => cells.map(cell => (typeof cell === 'string' ? cell : JSON.stringify(cell))))

const odd = [
  '1.10',
  '+4915112345678',
  '1E5',
  'TRUE',
  '{"a": 1.0}',
  '12345678901234567890',
  '007',
  '-0',
  '.5',
  '5.',
  '1e-05',
  '1.0',
  'NaN',
  'None',
  '[1,2]',
  '0x1F',
  '1_000',
  '1,5',
  ' 3',
  'false',
  '9007199254740993',
  '0.1',
  '12',
]
const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', ';', '\t', '|', '^', '\n', '\r\n', ' ', 'é', '漢', '😀', '1', '.') }),
  fc.constantFrom(...odd),
)
const rowsOf = (columns: number) => fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 })

interface Dialect {
  readonly delimiter: string
  readonly quoting: 'all' | 'needed'
  readonly lineEnd: string
  readonly hasSep: boolean
  readonly hasEnd: boolean
}
const dialect: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|', '^'),
  quoting: fc.constantFrom('all', 'needed'),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  hasSep: fc.boolean(),
  hasEnd: fc.boolean(),
})

function written(rows: readonly (readonly string[])[], { delimiter, quoting, lineEnd, hasSep, hasEnd }: Dialect): string {
  const needsQuotes = (text: string) => quoting === 'all' || /["\r\n]/.test(text) || text.includes(delimiter)
  const lines = rows.map(cells => cells.map(text => (needsQuotes(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(delimiter))
  // No program guesses "^": it is named.
  const head = hasSep || delimiter === '^' ? [`sep=${delimiter}`] : []
  return [...head, ...lines].join(lineEnd) + (hasEnd ? lineEnd : '')
}

const hasContent = (cells: readonly string[]) => cells.some(text => text.trim() !== '')
const header = (columns: number) => Array.from({ length: columns }, (_, index) => `column ${'abcde'[index]}`)
const plainTable = fc.integer({ min: 2, max: 5 }).chain(rowsOf)

describe('written tables', () => {
  it('come back with the same characters in every delimiter, quoting and line end', async () => {
    await fc.assert(
      fc.asyncProperty(plainTable, dialect, async (rows, how) => {
        fc.pre(rows.some(hasContent))
        const table = await stored(written([header(rows[0]?.length ?? 0), ...rows], how), { name: 'rows.csv' })
        expect(table.badRows).toEqual([])
        expect(asText(table.rows)).toEqual(rows.filter(hasContent))
        const empty = rows.filter(cells => !hasContent(cells)).length
        expect(table.leftOut).toEqual(empty === 0 ? [] : [empty === 1 ? '1 empty row' : `${empty} empty rows`])
      }),
      { numRuns: 500 },
    )
  })

  it('come back in every encoding of Unicode, with and without a mark, in pieces of any size', async () => {
    const encoding = fc.constantFrom('utf-8', 'utf-16le', 'utf-16be')
    await fc.assert(
      fc.asyncProperty(
        plainTable,
        dialect,
        encoding,
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        async (rows, how, label, hasMark, size) => {
          fc.pre(rows.some(hasContent))
          const text = written([header(rows[0]?.length ?? 0), ...rows], how)
          const bytes = encodeText((hasMark ? '\uFEFF' : '') + text, label)
          let at = 0
          const pieces = new ReadableStream<Uint8Array>({
            pull(controller) {
              if (at >= bytes.length) return controller.close()
              controller.enqueue(bytes.slice(at, at + size))
              at += size
            },
          })
          expect(asText((await stored(pieces, { name: 'rows.csv' })).rows)).toEqual(rows.filter(hasContent))
          const whole = await stored(new Blob([bytes]), { name: 'rows.csv' })
          expect(asText(whole.rows)).toEqual(rows.filter(hasContent))
          expect(whole.encoding?.label).toBe(label)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('lose cells and rows of a spreadsheet that hold nothing, and say so', async () => {
    const table = await stored('question,answer,,\na,x,,\n,,,\nb,y,,,,\nc,z\n\nd,u,,\n\n\n', { name: 'sheet.csv' })
    expect(table.rows).toEqual([
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'z'],
      ['d', 'u'],
    ])
    expect(table.leftOut).toEqual(['2 empty rows', 'empty cells beyond the header in 1 row', '2 columns without name and content'])
    expect(table.badRowCount).toBe(0)
    const kept = await stored('question,,answer\na,note,x\n', { name: 'sheet.csv' })
    expect(kept.columns.map(column => column.name)).toEqual(['question', 'column 2', 'answer'])
  })

  it.each(['sep=;', '"sep=;"', 'SEP=;', 'sep=;;;', '\uFEFFsep=;'])('takes %j as the delimiter and leaves the line out', async line => {
    const table = await stored(new Blob([`${line}\r\nquestion;answer\r\n"Hallo; Welt";gut\r\n"Zwei\r\nZeilen";gut\r\nx\r\n`]), {
      name: 'rows.csv',
    })
    expect(table.columns.map(column => column.name)).toEqual(['question', 'answer'])
    expect(table.rows).toEqual([
      ['Hallo; Welt', 'gut'],
      ['Zwei\r\nZeilen', 'gut'],
    ])
    expect(table.badRows.map(row => row.line)).toEqual([6])
  })
})

describe('JSON tables', () => {
  const value: fc.Arbitrary<Json> = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(number => !Object.is(number, -0)),
  )
  const names = ['question', 'answer', 'weight']
  const table = fc
    .array(fc.tuple(value, value, value), { minLength: 2, maxLength: 6 })
    .filter(rows => rows.some(cells => cells.some(item => item !== null)))
  const record = (cells: readonly Json[]) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null]))
  const isFull = (cells: readonly Json[]) => cells.some(item => item !== null && !(typeof item === 'string' && item.trim() === ''))
  /** JSON.stringify writes 1e21 as `1e+21`, which prints back as it is written. */
  const shapes: Readonly<Record<string, (rows: readonly (readonly Json[])[]) => string>> = {
    records: rows => JSON.stringify(rows.map(record)),
    'records, printed': rows => JSON.stringify(rows.map(record), null, 2),
    lines: rows => rows.map(cells => JSON.stringify(record(cells))).join('\n'),
    'objects, printed one after another': rows => rows.map(cells => JSON.stringify(record(cells), null, 2)).join('\n'),
    'objects with commas between': rows => rows.map(cells => JSON.stringify(record(cells), null, 2)).join(',\n'),
    columns: rows =>
      JSON.stringify(
        Object.fromEntries(names.map((name, column) => [name, Object.fromEntries(rows.map((cells, row) => [row, cells[column]]))])),
      ),
    list: rows => JSON.stringify(Object.fromEntries(names.map((name, column) => [name, rows.map(cells => cells[column])])), null, 1),
    index: rows => JSON.stringify(Object.fromEntries(rows.map((cells, row) => [row, record(cells)]))),
    split: rows => JSON.stringify({ columns: names, index: rows.map((_, row) => row), data: rows }),
    table: rows => JSON.stringify({ schema: { fields: names.map(name => ({ name })), pandas_version: '1.4.0' }, data: rows.map(record) }),
    viewer: rows =>
      JSON.stringify({
        features: names.map(name => ({ name })),
        rows: rows.map((cells, row) => ({ row_idx: row, row: record(cells), truncated_cells: [] })),
        num_rows_total: rows.length,
      }),
    'below a key': rows => JSON.stringify({ version: 1, data: rows.map(record) }),
  }

  it.each(Object.keys(shapes))('as %s read to the same rows', async shape => {
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('rows.json', 'rows.txt', 'rows'), async (rows, name) => {
        fc.pre(rows.some(isFull))
        const read = await stored(new Blob([shapes[shape]?.(rows) ?? '']), { name })
        const place = new Map(read.columns.map((column, index) => [column.name, index]))
        expect(read.badRows).toEqual([])
        const cells = read.rows.map(row => names.map(each => row[place.get(each) ?? -1] ?? null))
        // A column of mixed values is text.
        const text = (item: Json) => (typeof item === 'string' || item === null ? item : JSON.stringify(item))
        expect(cells.map(row => row.map(text))).toEqual(rows.filter(isFull).map(row => row.map(text)))
      }),
      { numRuns: 60 },
    )
  })

  it('take NaN for an empty cell, counted, and keep Infinity as a word', async () => {
    const read = await stored('[{"q":"a","w":NaN,"v":-Infinity},{"q":"NaN","w":1.5,"v":2}]', { name: 'rows.json' })
    expect(read.rows).toEqual([
      ['a', null, '-Infinity'],
      ['NaN', 1.5, 2],
    ])
    expect(read.columns.map(column => column.type)).toEqual(['str', 'float', 'int'])
    expect(read.leftOut).toEqual(['1 value NaN, read as empty'])
  })

  it('name what stands beside the rows', async () => {
    const split = await stored('{"train":[{"a":1},{"a":2}],"test":[{"a":3}]}', { name: 'd.json' })
    expect([split.rows, split.leftOut]).toEqual([[[1], [2]], ['"test" (1 item)']])
    const viewer = await stored('{"rows":[{"row_idx":0,"row":{"a":"x"},"truncated_cells":["a"]}],"num_rows_total":900}', { name: 'd.json' })
    expect(viewer.rows).toEqual([['x']])
    expect(viewer.leftOut).toEqual(['899 of 900 rows that the viewer did not give', 'the rest of cells that the viewer cut in 1 row'])
    const named = await stored('{"q":{"x1":"a","x2":"b"},"a":{"x1":"c","x2":"d"},"b":{"x1":1,"x2":2}}', { name: 'd.json' })
    expect(named.leftOut).toHaveLength(1)
  })

  it('keep integers beyond 2^53 and what does not print back, wherever they stand', async () => {
    const big = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
    await fc.assert(
      fc.asyncProperty(fc.array(big, { minLength: 1, maxLength: 5 }), async numbers => {
        const lines = numbers.map(number => `{"id": ${number}, "deep": {"id": [${number}]}}`)
        const digits = (number: bigint): Json => (Number.isSafeInteger(Number(number)) ? Number(number) : String(number))
        for (const text of [lines.join('\n'), `[${lines.join(',')}]`]) {
          const read = await stored(text)
          expect(read.rows.map(row => String(row[0]))).toEqual(numbers.map(String))
          expect(read.rows.map(row => row[1])).toEqual(numbers.map(number => ({ id: [digits(number)] })))
        }
        const csv = await stored(`id,q\n${numbers.map(number => `${number},x`).join('\n')}\n`)
        expect(csv.rows.map(row => String(row[0]))).toEqual(numbers.map(String))
      }),
    )
    const read = await stored('{"v":1.10,"w":1E5,"x":1.0}\n{"v":2,"w":1,"x":2.5}\n')
    expect(read.rows).toEqual([
      ['1.10', '1E5', '1.0'],
      [2, 1, 2.5],
    ])
    expect(read.columns.map(column => column.type)).toEqual(['float', 'int', 'float'])
  })
})
