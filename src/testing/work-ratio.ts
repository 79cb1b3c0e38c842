export type Reader = (text: string) => unknown

/** What a reader threw; undefined where it came back. */
export async function failureOf(read: Reader, text: string): Promise<unknown> {
  try {
    await read(text)
    return undefined
  } catch (error) {
    return error
  }
}

/**
 * Why a reader's work grows faster than the text; undefined where it does not. Quick reading is taken as it is: at these lengths a reader
 * that looks at each part of a text as often as the text has parts takes longer. Any other must not do three times the work for twice
 * the text, where it would do four times as much if it were quadratic. Noise only ever adds to a measure, so the least of several counts.
 */
export async function overlinear(read: Reader, make: (length: number) => string): Promise<string | undefined> {
  // One that doubles its work with every letter is found before it hangs the test.
  for (const short of [16, 20, 24, 28, 32, 64, 512, 4096]) {
    const ms = await leastOf(1, read, make(short))
    if (ms > 2000) return `${ms.toFixed(0)} ms for ${short} characters`
  }
  // The shortest text that takes long enough to be measured: a slow reader shows how its work grows on a short one.
  let size = 1
  for (let ms = 0; size <= 256; size *= 2) {
    ms = await leastOf(2, read, make(size * kilo), 50)
    if (ms >= 50) break
    if (size === 64 && ms < 4) return undefined
  }
  if (size > 256) return undefined
  let told = ''
  for (let tries = 0; tries < 4; tries += 1) {
    const once = await leastOf(2, read, make(size * kilo))
    const twice = await leastOf(3, read, make(2 * size * kilo), 3 * once)
    if (twice < 3 * once) return undefined
    // A larger heap or colder caches make one step slower; work that is truly quadratic takes sixteen times as long for four times the text.
    if ((await leastOf(2, read, make(4 * size * kilo), 9 * once)) < 9 * once) return undefined
    told = `${once.toFixed(0)} ms for ${size} thousand characters, ${twice.toFixed(0)} ms for twice as many`
  }
  return told
}

/** Whether some thousand characters are read in so little time that the work can hardly be that of comparing each with each. */
export async function isQuick(read: Reader, text: string): Promise<boolean> {
  return (await leastOf(3, read, text, 10)) < 10
}

const kilo = 1024

/** Milliseconds of processor time of the quickest run; stops early at one that is quicker than `enough`. */
async function leastOf(runs: number, read: Reader, text: string, enough = 0): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs && least >= enough; run += 1) {
    const before = process.cpuUsage()
    await failureOf(read, text)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}
