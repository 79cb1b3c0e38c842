import { setMaxListeners } from 'node:events'
import { isEngineError } from '@/engine/base/errors'
import { parseArguments } from './headless/arguments'
import { checkProject } from './commands/check'
import { compile } from './commands/compile'
import { evaluate } from './commands/evaluate'
import { exportProject } from './commands/export'
import { helpText } from './commands/help'
import { showKinds } from './commands/kinds'
import { createProject } from './commands/new'
import { listOptimizers } from './commands/optimizers'
import { replay } from './commands/replay'
import type { Command } from './headless/console'
import { nodeConsole, withoutKeys } from './headless/console'
import { joinLines } from '@/lib/trim-of'

export const commands: Readonly<Record<string, Command>> = {
  evaluate,
  compile,
  replay,
  export: exportProject,
  new: createProject,
  check: checkProject,
  kinds: showKinds,
  optimizers: listOptimizers,
}

/** Runs one command and returns the exit code. Expected failures become one sentence on stderr; bugs keep their stack. */
export async function main(argv: readonly string[]): Promise<number> {
  // Each call on its way listens to the run's one abort signal: many listeners are the design, not a leak.
  setMaxListeners(0)
  process.stdout.on('error', endQuietly)
  // Nobody hears the complaint; the exit code still tells.
  process.stderr.on('error', () => undefined)
  const output = withoutKeys(nodeConsole)
  try {
    const { command, flags } = parseArguments(argv)
    if (command === 'help') {
      output.print(helpText)
      return 0
    }
    const run = commands[command]
    if (!run) {
      output.complain(`There is no command "${command}". Choose one of ${Object.keys(commands).join(', ')}, or run "cli help".`)
      return 2
    }
    return await run(flags, output)
  } catch (error) {
    output.complain(sentenceOf(error))
    return isEngineError(error, 'params-invalid') ? 2 : 1
  }
}

/** Whoever reads the output may have enough of it, as `head` has: that is no failure. A full disk behind `>` is one. */
function endQuietly(error: NodeJS.ErrnoException): never {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
}

/** Expected failures and those of the file system are one line; anything else is a bug, and its stack says where. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isExpected = isEngineError(error) || 'syscall' in error
  return isExpected ? joinLines(error.message) : (error.stack ?? error.message)
}
