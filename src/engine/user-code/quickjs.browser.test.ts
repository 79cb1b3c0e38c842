import { expect, it } from 'vitest'
import { createQuickJsRunner } from './quickjs'

it('finds its WebAssembly in a browser and holds the same limits there', async () => {
  const runner = await createQuickJsRunner({ timeoutMs: 200, memoryBytes: 32 * 1024 * 1024 })
  const metric = await runner.load(
    '(example, prediction) => ({ score: Number(example.labels.a === prediction.a), feedback: typeof fetch + typeof document })',
    'metric',
  )
  expect(await metric.call([{ labels: { a: 1 } }, { a: 1 }])).toEqual({ score: 1, feedback: 'undefinedundefined' })
  await expect(runner.load('() => { return 1 +* 2 }', 'metric')).rejects.toMatchObject({ code: 'code-failed', facts: { line: 1 } })
  const expectStop = async (source: string, code: string) => {
    const startedAt = performance.now()
    await expect((await runner.load(source, 'metric')).call([])).rejects.toMatchObject({ code })
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  }
  await expectStop('() => { for (;;); }', 'sandbox-timeout')
  await expectStop('() => { const a = []; for (;;) a.push(new Uint8Array(1 << 20)) }', 'sandbox-memory')
  await expectStop('() => { const f = () => f() + 1; return f() }', 'code-failed')
  expect(await metric.call([{ labels: { a: 1 } }, { a: 2 }])).toMatchObject({ score: 0 })
  runner.dispose()
})

it('runs in a module worker', async () => {
  const worker = new Worker(new URL('./quickjs-worker.fixture.ts', import.meta.url), { type: 'module' })
  const answer = await new Promise(resolve => {
    worker.onmessage = event => resolve(event.data)
    worker.onerror = event => resolve(event.message)
  })
  worker.terminate()
  expect(answer).toEqual({ value: 3 })
})
