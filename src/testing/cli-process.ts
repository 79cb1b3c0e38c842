import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Example } from '@/engine/base/example'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'

const script = fileURLToPath(new URL('../../scripts/cli.mjs', import.meta.url))

export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliProcess {
  readonly process: ChildProcess
  readonly done: Promise<CliResult>
}

/** Starts the bundled command line as a process of its own, as a user does; `bundle` is another module with a `main`. */
export function startCli(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; bundle?: string } = {},
): CliProcess {
  const load = `const { main } = await import(${JSON.stringify(options.bundle)}); process.exitCode = await main(process.argv.slice(1))`
  const program = options.bundle === undefined ? [script] : ['--input-type=module', '-e', load, '--']
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const done = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, stdout, stderr }))
  })
  return { process: child, done }
}

export async function cli(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<CliResult> {
  return startCli(args, options).done
}

/** Runs a command that has to succeed, and returns what it printed as JSON. */
export async function cliJson(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<JsonObject> {
  const result = await cli([...args, '--json'], options)
  if (result.code !== 0) throw new Error(`cli ${args.join(' ')} ended with ${result.code}: ${result.stderr}`)
  return jsonOf(result)
}

export function jsonOf({ stdout, stderr }: CliResult): JsonObject {
  const parsed = parseJson(stdout)
  if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error(`not one JSON object: ${stdout.slice(0, 500)} ${stderr}`)
  return parsed.value
}

export interface Workplace {
  readonly folder: string
  path(name: string): string
  write(name: string, text: string): string
  remove(): void
}

/** A folder of its own for the files of a test. */
export function workplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'dspy-studio-cli-'))
  const path = (name: string): string => join(folder, name)
  return {
    folder,
    path,
    write(name, text) {
      writeFileSync(path(name), text)
      return path(name)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Rows as a CSV file with the columns of their inputs and labels, every cell in quotes. */
export function csvOf(rows: readonly Example[]): string {
  const cells = rows.map(({ inputs, labels }) => ({ ...inputs, ...labels }))
  const columns = Object.keys(cells[0] ?? {})
  const quoted = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`
  return `${[columns.join(','), ...cells.map(row => columns.map(column => quoted(row[column])).join(','))].join('\n')}\n`
}
