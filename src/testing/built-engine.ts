import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ExportedEngine } from '@/export/check-export'

/** The engine as an exported folder carries it, built of the sources as they stand. */
export async function buildEngine(): Promise<ExportedEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'dspy-studio-engine-'))
  try {
    // A plain script without types of its own.
    const bundle: { buildRuntime(outFolder: string): Promise<void> } = await import(
      new URL('../../scripts/bundle.mjs', import.meta.url).href
    )
    await bundle.buildRuntime(folder)
    return await import(/* @vite-ignore */ pathToFileURL(join(folder, 'engine.js')).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
