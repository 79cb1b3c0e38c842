import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EngineError } from '@/engine/base/errors'
import { writeWhole } from './write-whole'

export interface OutFile {
  readonly path: string
  write(text: string): void
}

/** A file to write at the end. Checked at the start, so that no run is paid for whose result has nowhere to go. */
export function outFile(path: string | undefined): OutFile | undefined {
  if (path === undefined) return undefined
  const folder = dirname(resolve(path))
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new EngineError('params-invalid', `--out ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}.`)
  }
  if (existsSync(path) && statSync(path).isDirectory())
    throw new EngineError('params-invalid', `--out ${path} is a folder. Name a file in it.`)
  return { path, write: text => writeWhole(resolve(path), text) }
}
