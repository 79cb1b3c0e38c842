/** A kind of file that is no text, and what to do with it. */
export interface FileKind {
  readonly title: string
  readonly wayOut: string
}

/** The kind of a file that cannot be read as a table, told from its first bytes; undefined for what may be text. The name tells archives apart. */
export function foreignKind(head: Uint8Array, name: string): FileKind | undefined {
  // A header may begin with such letters by chance (ORCID, BZh); a file of these kinds holds bytes that no text has.
  if (isText(head.subarray(0, 4096)) && !isPdf(head)) return undefined
  const found = kinds.find(kind => kind.starts.some(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte)))
  if (found?.title === zipTitle) return zipKind(head, name)
  return found && { title: found.title, wayOut: found.wayOut }
}

/** The kind of a text that is no table, told from its first words. */
export function foreignText(head: string): FileKind | undefined {
  const start = head.trimStart().slice(0, 200)
  if (/^<(!doctype\s+html|html|head)\b/i.test(start)) {
    return {
      title: 'a web page (HTML)',
      wayOut: 'A download may have given the page of a login or an error. Download the file itself, as CSV or JSON Lines.',
    }
  }
  if (/^<\?xml\b/i.test(start)) return { title: 'XML', wayOut: fromSpreadsheet }
  if (start.startsWith('{\\rtf'))
    return { title: 'a text document (RTF)', wayOut: 'Save it as plain text with a delimiter between cells, such as CSV.' }
  if (start.startsWith('version https://git-lfs.github.com/spec/'))
    return { title: 'a pointer of Git LFS, not the data itself', wayOut: 'Fetch the data with "git lfs pull", then choose the file again.' }
  return undefined
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.some(byte => byte < 9 || (byte > 13 && byte < 27))) return false
  try {
    // `stream` lets a character be cut at the end.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function isPdf(head: Uint8Array): boolean {
  return [0x25, 0x50, 0x44, 0x46, 0x2d].every((byte, index) => head[index] === byte)
}

/** Bytes that no text has, in a file of a kind that is not known. */
export const unknownBinary: FileKind = {
  title: 'binary data, not text',
  wayOut: 'Save the table as CSV or JSON Lines, then choose that file.',
}

const fromSpreadsheet = 'Open it in a spreadsheet program and save it as CSV (UTF-8), then choose that file.'
const fromPandas = (read: string) =>
  `Save it as JSON Lines or CSV first, for example in Python: pandas.${read}(…).to_json("rows.jsonl", orient="records", lines=True).`
const unpack = 'Unpack it, then choose the file inside.'
const noTable = 'Choose a table: CSV, JSON Lines or JSON.'
const zipTitle = 'a zip archive'

interface Start {
  readonly at: number
  readonly bytes: readonly number[]
}
interface KnownKind extends FileKind {
  readonly starts: readonly Start[]
}

const text = (words: string, at = 0): Start => ({ at, bytes: Array.from(words, letter => letter.charCodeAt(0)) })
const bytes = (...values: readonly number[]): Start => ({ at: 0, bytes: values })
const kind = (title: string, wayOut: string, ...starts: readonly Start[]): KnownKind => ({ title, wayOut, starts })

const kinds: readonly KnownKind[] = [
  kind('a Parquet file', fromPandas('read_parquet'), text('PAR1'), text('PARE')),
  kind('an Arrow or Feather file', fromPandas('read_feather'), text('ARROW1'), text('FEA1'), bytes(0xff, 0xff, 0xff, 0xff)),
  kind('an ORC file', fromPandas('read_orc'), text('ORC')),
  kind('an Avro file', 'Save it as JSON Lines first.', text('Obj\u0001')),
  kind('an HDF5 file', fromPandas('read_hdf'), bytes(0x89, 0x48, 0x44, 0x46)),
  kind(
    'a NumPy file',
    'Save it as CSV first, for example in Python: numpy.savetxt("rows.csv", array, delimiter=",").',
    bytes(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59),
  ),
  kind('a Python pickle', fromPandas('read_pickle'), ...[2, 3, 4, 5].map(version => bytes(0x80, version))),
  kind(
    'an SQLite database',
    'Export the table as CSV, for example: sqlite3 -header -csv FILE "select * from TABLE" > rows.csv.',
    text('SQLite format 3\u0000'),
  ),
  kind('a DuckDB database', "Export the table as CSV with COPY … TO 'rows.csv' (HEADER).", text('DUCK', 8)),
  kind(zipTitle, unpack, text('PK\u0003\u0004'), text('PK\u0005\u0006'), text('PK\u0007\u0008')),
  kind('an old Excel workbook (.xls) or another Office document', fromSpreadsheet, bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)),
  kind('a gzip archive', unpack, bytes(0x1f, 0x8b)),
  kind('a bzip2 archive', unpack, text('BZh')),
  kind('an xz archive', unpack, bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)),
  kind('a Zstandard archive', unpack, bytes(0x28, 0xb5, 0x2f, 0xfd)),
  kind('an LZ4 archive', unpack, bytes(0x04, 0x22, 0x4d, 0x18)),
  kind('a 7-Zip archive', unpack, bytes(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)),
  kind('a RAR archive', unpack, text('Rar!\u001a\u0007')),
  kind('a tar archive', unpack, text('ustar', 257)),
  kind('a PDF document', `The rows must be copied out of it. ${noTable}`, text('%PDF-')),
  kind('an image (PNG)', noTable, bytes(0x89, 0x50, 0x4e, 0x47)),
  kind('an image (JPEG)', noTable, bytes(0xff, 0xd8, 0xff)),
  kind('an image (GIF)', noTable, text('GIF87a'), text('GIF89a')),
  kind('an image (TIFF)', noTable, text('II*\u0000'), text('MM\u0000*')),
  kind(
    'an image, sound or film',
    noTable,
    { at: 8, bytes: text('WEBP').bytes },
    { at: 8, bytes: text('WAVE').bytes },
    text('ftyp', 4),
    text('OggS'),
    text('ID3\u0003'),
    text('ID3\u0004'),
    text('fLaC\u0000'),
  ),
  kind('text in UTF-32', 'Save it as UTF-8, then choose it again.', bytes(0xff, 0xfe, 0, 0), bytes(0, 0, 0xfe, 0xff)),
]

/** Office documents are zip archives: the names of the files inside stand in the clear. */
function zipKind(head: Uint8Array, name: string): FileKind {
  const names = new TextDecoder('latin1').decode(head.subarray(0, 1 << 14))
  if (/xl\/|\bworkbook\.xml/.test(names) || /\.xls[xmb]$/i.test(name))
    return { title: 'an Excel workbook (.xlsx)', wayOut: fromSpreadsheet }
  if (names.includes('opendocument.spreadsheet') || /\.ods$/i.test(name))
    return { title: 'an OpenDocument spreadsheet (.ods)', wayOut: fromSpreadsheet }
  if (names.includes('Index/Document.iwa') || /\.numbers$/i.test(name))
    return { title: 'a Numbers spreadsheet or another iWork document', wayOut: fromSpreadsheet }
  if (names.includes('word/') || /\.docx$/i.test(name))
    return { title: 'a Word document (.docx)', wayOut: 'Copy the table into a spreadsheet and save it as CSV.' }
  if (names.includes('[Content_Types].xml')) return { title: 'an Office document, such as an Excel workbook', wayOut: fromSpreadsheet }
  if (/\.npy/.test(names)) return { title: 'a NumPy archive (.npz)', wayOut: 'Save the arrays as CSV first.' }
  return { title: zipTitle, wayOut: unpack }
}
