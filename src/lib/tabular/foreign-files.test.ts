import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { encodeText } from '@/testing/encoded-text'
import { encodingLabel } from './encoding'
import { readAll } from './read-all'

const rest = Array.from({ length: 300 }, (_, index) => (index * 37) % 256)
const starting = (words: string, at = 0): Uint8Array<ArrayBuffer> =>
  new Uint8Array([...Array.from({ length: at }, () => 0), ...Array.from(words, letter => letter.charCodeAt(0)), ...rest])

describe('files of other kinds', () => {
  it.each<[string, Uint8Array<ArrayBuffer>, string, string]>([
    ['rows.parquet', starting('PAR1'), 'Parquet', 'to_json'],
    ['rows.xlsx', starting('PK\u0003\u0004'), 'Excel', 'CSV'],
    ['rows', starting('PK\u0003\u0004 xl/workbook.xml'), 'Excel', 'CSV'],
    ['rows.ods', starting('PK\u0003\u0004'), 'OpenDocument', 'CSV'],
    ['rows.zip', starting('PK\u0003\u0004'), 'zip', 'Unpack'],
    ['rows.xls', starting('\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1'), 'old Excel', 'CSV'],
    ['rows.csv.gz', new Uint8Array(gzipSync('a,b\n1,2\n')), 'gzip', 'Unpack'],
    ['rows.pdf', starting('%PDF-1.7'), 'PDF', 'table'],
    ['rows.arrow', starting('ARROW1\u0000\u0000'), 'Arrow', 'to_json'],
    ['rows.feather', starting('FEA1'), 'Feather', 'to_json'],
    ['rows.db', starting('SQLite format 3\u0000'), 'SQLite', 'sqlite3'],
    ['rows.duckdb', starting('DUCK', 8), 'DuckDB', 'COPY'],
    ['rows.png', starting('\u0089PNG\r\n'), 'image', 'CSV'],
    ['rows.jpg', starting('\u00ff\u00d8\u00ff'), 'image', 'CSV'],
    ['rows.zst', starting('\u0028\u00b5\u002f\u00fd'), 'Zstandard', 'Unpack'],
    ['rows.bz2', starting('BZh9'), 'bzip2', 'Unpack'],
    ['rows.pkl', starting('\u0080\u0004'), 'pickle', 'to_json'],
    ['rows.npy', starting('\u0093NUMPY'), 'NumPy', 'CSV'],
    ['rows.tar', starting('ustar', 257), 'tar', 'Unpack'],
    ['rows.h5', starting('\u0089HDF'), 'HDF5', 'to_json'],
    ['rows.bin', new Uint8Array([...rest, ...rest, ...rest]), 'binary', 'CSV'],
    ['rows.html', starting('<!DOCTYPE html><html>').slice(0, 21), 'web page', 'CSV'],
    ['rows.rtf', starting('{\\rtf1 a}').slice(0, 9), 'RTF', 'CSV'],
    ['rows.csv', starting('version https://git-lfs.github.com/spec/v1').slice(0, 42), 'Git LFS', 'git lfs pull'],
  ])('%s is named, with the way out', async (name, bytes, kind, wayOut) => {
    // The name of a file may say anything.
    for (const each of [name, ...(/\.(xlsx|ods)$/.test(name) ? [] : ['rows.csv', 'rows.json', ''])]) {
      const failure = readAll(new Blob([bytes]), { name: each })
      await expect(failure).rejects.toThrow(kind)
      await expect(failure).rejects.toThrow(wayOut)
    }
  })

  it('reads tables whose header begins with such letters', async () => {
    for (const header of ['ORCID', 'PAR1', 'BZh', 'DUCK', 'PK', 'FEA1', 'ARROW1', 'GIF89a', 'II*', 'BM', 'Rar!', 'ID3', 'Obj']) {
      expect((await readAll(new Blob([`${header},name\n1,é\n`]), { name: 'rows.csv' })).columns[0]?.name).toBe(header)
    }
  })
})

const texts: readonly (readonly [label: string, text: string])[] = [
  [
    'windows-1252',
    'Frage;Antwort\nWie heißt der größte Fluß in Österreich?;Die Donau – natürlich\nSchöne Grüße aus München;für „alle“ 5 €\n',
  ],
  [
    'windows-1252',
    'question;réponse\nOù êtes-vous né ?;À Orléans, près de la forêt\nÇa va ?;Très bien, merci ; déjà là\n'.replaceAll(' ; ', ' '),
  ],
  ['windows-1252', 'pregunta;respuesta\n¿Cómo está usted?;Muy bien, señor\nEl niño comió piña mañana;sí, también\n'],
  ['macintosh', 'Frage;Antwort\nWie heißt der größte Fluß in Österreich?;Die Donau natürlich\nSchöne Grüße aus München;für alle\n'],
  [
    'windows-1250',
    'pytanie;odpowiedź\nJak się nazywa największe miasto?;Łódź leży w środku, Kraków niżej\nZażółć gęślą jaźń;święto wiosny\n',
  ],
  [
    'windows-1251',
    'вопрос;ответ\nКак называется столица России?;Москва, конечно же\nСколько стоит доставка заказа;бесплатно в пределах города\n',
  ],
  [
    'koi8-r',
    'вопрос;ответ\nКак называется столица России?;Москва, конечно же\nСколько стоит доставка заказа;бесплатно в пределах города\n',
  ],
  [
    'ibm866',
    'вопрос;ответ\nКак называется столица России?;Москва, конечно же\nСколько стоит доставка заказа;бесплатно в пределах города\n',
  ],
  ['windows-1253', 'ερώτηση;απάντηση\nποια είναι η πρωτεύουσα της χώρας;η πόλη της Αθήνας\nτι ώρα είναι τώρα;είναι οκτώ το πρωί\n'],
  ['shift_jis', '質問;答え\n日本の首都はどこですか;東京です。とても大きいまちです\nこのパソコンはいくらですか;カタログをみてください\n'],
  ['euc-jp', '質問;答え\n日本の首都はどこですか;東京です。とても大きいまちです\nこのパソコンはいくらですか;カタログをみてください\n'],
  ['gb18030', '问题;答案\n中国的首都是什么地方？;北京是中国的首都，我们都知道\n你好，这个多少钱;不知道，他没有说\n'],
  ['big5', '問題;答案\n中國的首都是什麼地方？;北京是中國的首都，我們都知道\n你好，這個多少錢;不知道，他沒有說\n'],
  ['euc-kr', '질문;대답\n한국의 수도는 어디입니까;서울입니다 아주 큰 도시입니다\n이것은 얼마입니까;모르겠습니다\n'],
]

describe('encodings', () => {
  it.each(texts)('finds %s by its letters, and says so', async (label, text) => {
    const table = await readAll(new Blob([encodeText(text, label)]), { name: 'rows.csv' })
    const [, ...rows] = text.trim().split('\n')
    expect(table.rows).toEqual(rows.map(row => row.split(';')))
    expect(table.encoding).toMatchObject({ label, isGuessed: true, isDoubtful: false })
    expect(table.details.join()).toMatch(/since it is not UTF-8/)
  })

  it.each(texts)('reads %s as it is told', async (label, text) => {
    const table = await readAll(new Blob([encodeText(text, label)]), { name: 'rows.csv', encoding: label })
    expect(table.rows[0]).toEqual(text.split('\n')[1]?.split(';'))
    expect(table.encoding?.isGuessed).toBe(false)
  })

  it.each(['utf-8', ...new Set(texts.map(([label]) => label))])(
    'judges %s by the whole file: the first letter beyond ASCII may come at 5 MB',
    async label => {
      const text =
        label === 'utf-8' ? 'Frage;Grüße 漢字 😀\n' : (texts.find(([each]) => each === label)?.[1] ?? '').split('\n').slice(1).join('\n')
      const plain = `question;answer\n${'plain text without any mark;x\n'.repeat(180_000)}`
      const file = new Blob([plain, encodeText(text, label)])
      expect(file.size).toBeGreaterThan(5e6)
      const table = await readAll(file, { name: 'rows.csv' })
      expect(table.encoding?.label).toBe(label)
      expect(table.rows.slice(180_000)).toEqual(
        text
          .trim()
          .split('\n')
          .map(row => row.split(';')),
      )
    },
  )

  it('calls bytes doubtful that no language explains', async () => {
    const table = await readAll(new Blob([new Uint8Array([0x61, 0x2c, 0x62, 10, 0xa6, 0x2c, 0xb8, 0xb6, 10, 0xad, 0x2c, 0xac, 10])]), {
      name: 'rows.csv',
    })
    expect(table.encoding).toMatchObject({ isGuessed: true, isDoubtful: true })
  })

  it('tells how many places of a UTF-8 file are damaged', async () => {
    const good = new TextEncoder().encode(`q,a\n${'größer als früher,für alle\n'.repeat(20)}`)
    const table = await readAll(new Blob([good, new Uint8Array([0xc3, 0x2c, 0x78, 10])]), { name: 'rows.csv' })
    expect(table.details).toContain('UTF-8 with 1 damaged place, shown as �')
    expect(table.rows[0]).toEqual(['größer als früher', 'für alle'])
  })

  it('knows encodings by the names people use', () => {
    const names = ['latin1', 'CP1252', 'sjis', 'Shift-JIS', 'gbk', 'UTF-8', 'iso-8859-1', 'cp1251', 'klingon']
    expect(names.map(encodingLabel)).toEqual([
      'windows-1252',
      'windows-1252',
      'shift_jis',
      'shift_jis',
      'gbk',
      'utf-8',
      'windows-1252',
      'windows-1251',
      undefined,
    ])
  })
})
