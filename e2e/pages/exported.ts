import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unzipSync } from 'fflate'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** Runs an exported program in Node, as its README says, on its own rows or on others; what it prints, a row each. */
export async function runExported(
  zip: Uint8Array,
  { inputs, env = {} }: { readonly inputs?: readonly object[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<unknown[]> {
  const { folder, root } = unpack(zip)
  try {
    if (inputs) writeFileSync(join(root, 'rows.json'), JSON.stringify(inputs))
    // Not the waiting kind: a server it asks may run in this process.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(modules, 'tsx/dist/cli.mjs'), 'main.ts', ...(inputs ? ['rows.json'] : [])],
      { cwd: root, timeout: 60_000, env: { ...process.env, ...env } },
    )
    return stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The exported folder beside the packages of this repository, in place of `npm i`. */
function unpack(zip: Uint8Array): { readonly folder: string; readonly root: string } {
  const folder = mkdtempSync(join(tmpdir(), 'exported-'))
  let root = folder
  for (const [path, content] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
    if (path.endsWith('main.ts')) root = dirname(join(folder, path))
  }
  symlinkSync(modules, join(root, 'node_modules'), 'dir')
  return { folder, root }
}
