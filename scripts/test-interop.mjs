import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, root } from './install.mjs'

// Every test that asks DSPy itself. They are part of `npm test` too; where there is no Python, all of them fail here rather than be left out.
ensureInstalled()
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.ts'))
  .map(file => join('src', file))
  .filter(file => readFileSync(join(root, file), 'utf8').includes('dspyPython('))
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'engine', '--project', 'node', ...files],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, DSPY_REQUIRED: '1' },
  },
)
process.exitCode = status ?? 1
