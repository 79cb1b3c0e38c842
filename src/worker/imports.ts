import { EngineError } from '@/engine/base/errors'
import type { Column, DatasetMeta } from '@/engine/project/project'
import { newId } from '@/lib/ids'
import type { Json } from '@/lib/json'
import { convertCell } from '@/lib/tabular/guess-type'
import { TableError } from '@/lib/tabular/limits'
import type { TableFormat } from '@/lib/tabular/detect-format'
import { readTable } from '@/lib/tabular/table-reader'
import { datasetWriter } from '@/storage/datasets'
import type { ImportPreview } from './api'

interface PendingImport {
  readonly file: Blob
  readonly name: string
  readonly format: TableFormat
  readonly columns: readonly Column[]
}

/**
 * Files on their way to a dataset. The preview reads a file to its end and keeps only its first rows; the import reads it again
 * and writes as it goes. So memory stays small, and nothing is stored before the user says so.
 */
export function createImports() {
  const pending = new Map<string, PendingImport>()

  return {
    async preview(file: Blob, name: string, onProgress: (share: number) => void): Promise<ImportPreview> {
      const firstRows: Json[][] = []
      let told = -1
      const summary = await withWords(() =>
        readTable(file, {
          name,
          onRows: rows => {
            if (firstRows.length < previewRows) firstRows.push(...rows.slice(0, previewRows - firstRows.length))
          },
          onProgress: share => {
            // A message to the page for each piece would cost more than reading it.
            if (share < 1 && share - told < 0.01) return
            told = share
            onProgress(share)
          },
        }),
      )
      const columns = summary.columns.map(({ name: title, type }) => ({ id: newId('col'), name: title, type }))
      const importId = newId('import')
      pending.set(importId, { file, name, format: summary.format, columns })
      return {
        importId,
        format: summary.format,
        details: summary.details,
        columns,
        rowCount: summary.rowCount,
        badRowCount: summary.badRowCount,
        badRows: summary.badRows,
        firstRows: firstRows.map(cells => columns.map((column, index) => convertCell(cells[index], column.type))),
      }
    },

    /** Columns left out are not imported; names and types are those given. */
    async commit(importId: string, name: string, columns: readonly Column[]): Promise<DatasetMeta> {
      const found = pending.get(importId)
      if (!found) throw new EngineError('not-found', 'This file is no longer open. Choose it again.')
      const kept = columns
        .map(column => ({ column, place: found.columns.findIndex(({ id }) => id === column.id) }))
        .filter(({ place }) => place >= 0)
      const now = Date.now()
      const writer = datasetWriter({ id: newId('data'), name, columns: kept.map(({ column }) => column), createdAt: now, updatedAt: now })
      try {
        await withWords(() =>
          readTable(found.file, {
            name: found.name,
            format: found.format,
            onRows: rows =>
              writer.append(
                rows.map(cells => ({
                  id: newId('row'),
                  cells: Object.fromEntries(kept.map(({ column, place }) => [column.id, convertCell(cells[place], column.type)])),
                })),
              ),
          }),
        )
        const dataset = await writer.finish()
        pending.delete(importId)
        return dataset
      } catch (error) {
        await writer.discard()
        throw error
      }
    },

    async discard(importId: string): Promise<void> {
      pending.delete(importId)
    },
  }
}

const previewRows = 100

/**
 * The reader knows no engine errors; a file that changed or went away since it was chosen fails as a DOMException, and one whose
 * bytes stop coming as a TypeError that speaks of a network.
 */
async function withWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TableError) throw new EngineError('data-invalid', error.message, {}, error)
    if (error instanceof DOMException && (error.name === 'NotReadableError' || error.name === 'NotFoundError')) {
      throw new EngineError(
        'data-invalid',
        'The file was changed or moved while it was read. Choose it again.',
        { reason: error.name },
        error,
      )
    }
    if (error instanceof TypeError && /network/i.test(error.message)) {
      throw new EngineError(
        'data-invalid',
        'The browser could not read the file to its end. Choose it again; a file on another drive is best copied to this computer first.',
        { reason: error.message },
        error,
      )
    }
    throw error
  }
}
