import { strToU8, zipSync } from 'fflate'

export interface ExportedFile {
  readonly path: string
  readonly text: string
}

/** The files below one folder, as a zip. Times are fixed, so that the same export gives the same bytes. */
export function zipFolder(folder: string, files: readonly ExportedFile[]): Uint8Array<ArrayBuffer> {
  const entries = Object.fromEntries(files.map(file => [`${folder}/${file.path}`, strToU8(file.text)]))
  const zipped = zipSync(entries, { level: 6, mtime: new Date(1980, 0, 1) })
  return new Uint8Array(zipped)
}
