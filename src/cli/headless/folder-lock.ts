import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '@/engine/base/errors'
import { isJsonObject, parseJson } from '@/lib/json'

/**
 * One process a folder. The lock names its holder; that of a dead process does not count, so a kill leaves nothing to clean up.
 * Throws `params-invalid` while the holder lives. Returns the release.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock')
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), startedAt: startOf(process.pid) })
  const draft = join(folder, `lock.${process.pid}`)
  writeFileSync(draft, mine)
  try {
    for (let attempt = 0; attempt < 50; attempt++) {
      if (appears(draft, path)) return () => (readText(path) === mine ? rmSync(path, { force: true }) : undefined)
      const holder = readText(path)
      if (holder === undefined) continue
      if (isHeld(holder)) throw inUse(holder)
      removeStale(path, holder)
    }
    throw new EngineError('params-invalid', `${path} could not be taken: several processes are after it. Try again.`)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Makes the lock appear with its content in one step, and only where there is none. */
function appears(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    return appearsWithoutLinks(draft, path)
  }
}

function appearsWithoutLinks(draft: string, path: string): boolean {
  try {
    writeFileSync(path, readFileSync(draft), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Of several processes that found the same dead lock, the rename succeeds for one; a fresh lock moved by mistake goes back. */
function removeStale(path: string, seen: string): void {
  const aside = `${path}.${process.pid}.stale`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if (readText(aside) !== seen) appears(aside, path)
  rmSync(aside, { force: true })
}

function isHeld(text: string): boolean {
  const holder = parseJson(text)
  if (!holder.ok || !isJsonObject(holder.value)) return false
  const { pid, host, startedAt } = holder.value
  if (typeof pid !== 'number' || typeof host !== 'string') return false
  // A process of another machine cannot be asked whether it lives.
  if (host !== hostname()) return true
  return isAlive(pid) && (startedAt === null || startOf(pid) === startedAt)
}

function inUse(text: string): EngineError {
  const holder = parseJson(text)
  const { pid, host } = holder.ok && isJsonObject(holder.value) ? holder.value : {}
  const where = host === hostname() ? '' : ` on ${String(host)}`
  const then = where === '' ? 'Wait for it, or stop it first.' : 'If it is gone, delete the file "lock" in the folder.'
  return new EngineError('params-invalid', `Process ${String(pid)}${where} is running this journal. ${then}`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** When a process began, where the system tells (Linux): numbers of dead processes are given out again. */
function startOf(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
