import { foreignReaders } from '@/testing/foreign-readers'
import { hostileTexts } from '@/testing/hostile-texts'
import { failureOf, type Reader } from '@/testing/work-ratio'

// What models and servers send while a run is under way; the rest is read once, when a file is opened.
const underWay = /^(?:chat|json|xml) adapter(?:, in a section)?$|^value of dict|^thoughts$|^completion|^error body|^redaction$/

let slowest = { ms: 0, reader: '', text: '' }
for (const [reader, read] of Object.entries(foreignReaders)) {
  if (!underWay.test(reader)) continue
  const short: { readonly text: string; readonly ms: number }[] = []
  for (const [text, make] of Object.entries(hostileTexts)) short.push({ text, ms: await workOf(read, make(20_000)) })
  const costly = short.toSorted((a, b) => b.ms - a.ms).slice(0, 4)
  for (const { text } of costly) {
    const megabyte = hostileTexts[text]?.(1_000_000) ?? ''
    // The first run is that of the compiler, too.
    const ms = Math.min(await workOf(read, megabyte), await workOf(read, megabyte))
    if (ms > slowest.ms) slowest = { ms, reader, text }
  }
}
process.stdout.write(JSON.stringify(slowest))

/** Milliseconds of processor time. */
async function workOf(read: Reader, text: string): Promise<number> {
  const before = process.cpuUsage()
  await failureOf(read, text)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
