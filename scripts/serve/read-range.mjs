/**
 * The part of a file that a Range header asks for, both ends included; undefined for the whole file, which is also the answer to a header
 * that is not understood or asks for several parts.
 */
export function readRange(header, size) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined
  return start > end || start >= size ? 'unsatisfiable' : { start, end }
}
