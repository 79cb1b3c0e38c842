import { EngineError } from '@/engine/base/errors'
import type { Column } from '@/engine/project/project'
import { newId } from '@/lib/ids'
import type { Json } from '@/lib/json'
import { isFileCell, storedCell } from '@/lib/cell-types'
import { TableError } from '@/lib/tabular/limits'
import type { TableFormat } from '@/lib/tabular/detect-format'
import { readTable } from '@/lib/tabular/table-reader'
import { datasetWriter } from '@/storage/datasets'
import type { ImportedDataset, ImportPreview } from './api'
import { createMediaCells } from './media-cells'
import { systemClock } from '@/lib/system-clock'

interface PendingImport {
  readonly file: Blob
  readonly name: string
  readonly format: TableFormat
  /** Absent: it is judged by its bytes when it is read again, as before. */
  readonly encoding?: string
  readonly columns: readonly (Column & { readonly place: number })[]
}

/**
 * Files on their way to a dataset. The preview reads a file to its end and keeps only its first rows; the import reads it again
 * and writes as it goes. So memory stays small, and nothing is stored before the user says so.
 */
export function createImports() {
  const pending = new Map<string, PendingImport>()

  return {
    async preview(file: Blob, name: string, onProgress: (share: number) => void, encoding?: string): Promise<ImportPreview> {
      const firstRows: Json[][] = []
      let told = -1
      const summary = await withWords(() =>
        readTable(file, {
          name,
          encoding,
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
      const placed = summary.columns.map(({ name: title, type, place }) => ({ id: newId('col'), name: title, type, place }))
      const importId = newId('import')
      pending.set(importId, { file, name, format: summary.format, encoding: summary.encoding?.label, columns: placed })
      return {
        importId,
        format: summary.format,
        details: summary.details,
        encoding: summary.encoding,
        leftOut: summary.leftOut,
        columns: placed.map(({ place: _place, ...column }) => column),
        rowCount: summary.rowCount,
        badRowCount: summary.badRowCount,
        badRows: summary.badRows,
        firstRows: firstRows.map(cells => placed.map(({ place, type }) => storedCell(cells[place], type))),
      }
    },

    /**
     * Columns left out are not imported; names and types are those given. Files of columns of files, and those in lists and objects, are stored
     * apart from the rows; one that cannot be had stays the text that it was.
     */
    async commit(importId: string, name: string, columns: readonly Column[]): Promise<ImportedDataset> {
      const found = pending.get(importId)
      if (!found) throw new EngineError('not-found', 'This file is no longer open. Choose it again.')
      const kept = columns
        .map(column => ({ column, place: found.columns.find(({ id }) => id === column.id)?.place ?? -1 }))
        .filter(({ place }) => place >= 0)
      const now = systemClock.date()
      const writer = datasetWriter({ id: newId('data'), name, columns: kept.map(({ column }) => column), createdAt: now, updatedAt: now })
      const files = createMediaCells(
        kept.flatMap(({ column: { id, type } }) => (isFileCell(type) ? [{ column: id, kind: type }] : [])),
        kept.flatMap(({ column: { id, type } }) => (type === 'json' ? [id] : [])),
      )
      try {
        await withWords(() =>
          readTable(found.file, {
            name: found.name,
            format: found.format,
            encoding: found.encoding,
            onRows: async rows =>
              writer.append(
                await files.take(
                  rows.map(cells => ({
                    id: newId('row'),
                    cells: Object.fromEntries(kept.map(({ column, place }) => [column.id, storedCell(cells[place], column.type)])),
                  })),
                ),
              ),
          }),
        )
        const dataset = await writer.finish()
        pending.delete(importId)
        return { dataset, ...files.report }
      } catch (error) {
        await writer.discard()
        throw error
      } finally {
        await files.settle()
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
