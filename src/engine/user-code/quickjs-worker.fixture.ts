import { createQuickJsRunner } from './quickjs'

/** A worker that answers once: for the browser test only. */
async function answer(): Promise<void> {
  const runner = await createQuickJsRunner()
  const code = await runner.load('return { value: inputs.a + inputs.b }', 'code')
  self.postMessage(await code.call([{ a: 1, b: 2 }]))
}

await answer()
