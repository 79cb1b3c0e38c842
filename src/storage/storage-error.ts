import { EngineError, type ErrorCode } from '@/engine/base/errors'

/** What IndexedDB throws, as an error the page has words for. An `EngineError` passes through; a bug stays a bug. */
export function storageError(error: unknown): unknown {
  if (error instanceof EngineError || !(error instanceof DOMException)) return error
  const known = words[error.name]
  if (known) return new EngineError(known.code, known.message, { reason: error.name }, error)
  return new EngineError(
    'storage-failed',
    `The browser could not store or read this (${error.name}: ${error.message}). Reload the page; if it happens again, download a backup.`,
    { reason: error.name },
    error,
  )
}

const damaged = {
  code: 'storage-failed',
  message: 'A stored record is damaged and cannot be read. The rest is intact; delete the record or bring it back from a backup.',
} as const
const words: Readonly<Record<string, { readonly code: ErrorCode; readonly message: string }>> = {
  QuotaExceededError: {
    code: 'storage-full',
    message: 'The browser has no space left for DSPy Studio. Nothing was lost: free space in Settings → Storage, then go on.',
  },
  VersionError: {
    code: 'storage-failed',
    message: 'A newer version of DSPy Studio has been used in this browser. Reload the page to get it.',
  },
  NotReadableError: damaged,
  NotFoundError: damaged,
  DataError: damaged,
  InvalidStateError: {
    code: 'storage-failed',
    message: 'The connection to the browser storage was closed. Reload the page.',
  },
}
