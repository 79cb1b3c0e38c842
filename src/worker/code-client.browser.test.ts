import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { createWorkerRunner } from './code-client'

let runner: CodeRunner
beforeEach(() => {
  runner = createWorkerRunner({ timeoutMs: 300, memoryBytes: 16 * 1024 * 1024 })
})
afterEach(() => runner.dispose())

it('runs code, in order, and reports its failures with the code', async () => {
  const double = await runner.load('return { twice: inputs.n * 2 }', 'code')
  expect(await Promise.all([1, 2, 3].map(n => double.call([{ n }])))).toEqual([{ twice: 2 }, { twice: 4 }, { twice: 6 }])
  await expect(runner.load('return {', 'code')).rejects.toMatchObject({ code: 'code-failed' })
  const broken = await runner.load('return missing.thing', 'code')
  await expect(broken.call([{}])).rejects.toMatchObject({ code: 'code-failed' })
})

it('ends an endless loop and goes on with the next call', async () => {
  const loop = await runner.load('(example) => { while (example.forever) {} return 1 }', 'metric')
  const started = performance.now()
  await expect(loop.call([{ forever: true }, {}, null])).rejects.toMatchObject({ code: 'sandbox-timeout' })
  expect(performance.now() - started).toBeLessThan(20_000)
  expect(await loop.call([{ forever: false }, {}, null])).toBe(1)
})

it('ends a worker that does not come back by itself and starts another', async () => {
  let spawned = 0
  const watched = createWorkerRunner({ timeoutMs: 100, memoryBytes: 1 << 24 }, () => {
    spawned += 1
    if (spawned > 1) return new Worker(new URL('./code.worker.ts', import.meta.url), { type: 'module' })
    // Opens like a code runner, then hangs in native code for good.
    const answersOnce = 'let n = 0; onmessage = () => { if (n++ === 0) postMessage({ ok: true, value: null }); else for (;;); }'
    return new Worker(URL.createObjectURL(new Blob([answersOnce], { type: 'text/javascript' })))
  })
  const started = performance.now()
  await expect(watched.load('() => 1', 'metric')).rejects.toMatchObject({ code: 'sandbox-timeout' })
  expect(performance.now() - started).toBeLessThan(20_000)
  const next = await watched.load('() => 1', 'metric')
  expect(await next.call([])).toBe(1)
  expect(spawned).toBe(2)
  watched.dispose()
})

it('has nothing of ours inside', async () => {
  const look = await runner.load(
    'return { found: ["fetch", "indexedDB", "self", "postMessage", "WebSocket", "importScripts", "process", "navigator"].filter(name => name in globalThis) }',
    'code',
  )
  expect(await look.call([{}])).toEqual({ found: [] })
})
