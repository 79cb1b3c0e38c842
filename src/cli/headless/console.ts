import type { Flags } from './arguments'
import { liveKeys } from './keys'

/** Where a command writes: results on stdout, progress and complaints on stderr. */
export interface Console {
  print(text: string): void
  /** A piece of a line, on stdout. */
  write(text: string): void
  complain(text: string): void
  /** Overwrites the last progress line; shown only in a terminal. */
  progress(text: string): void
}

export type Command = (flags: Flags, output: Console) => Promise<number>

export const nodeConsole: Console = {
  print: text => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
  write: text => process.stdout.write(text),
  complain: text => process.stderr.write(`${text}\n`),
  progress: text => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
  },
}

/** Whatever a command says, the stack of a fault too, holds no key in use. */
export function withoutKeys(output: Console): Console {
  const clean = (text: string): string => liveKeys.masker().body(text)
  return {
    print: text => output.print(clean(text)),
    // Its pieces hold no key any more, and one by one they would be no text to look through.
    write: output.write,
    complain: text => output.complain(clean(text)),
    progress: text => output.progress(clean(text)),
  }
}
