import { readPrompt } from '../src/engine/adapters/prompt/read-prompt'
import { writeAnswer } from '../src/engine/adapters/prompt/write-answer'
import { startFakeOpenAi, type FakeRequest } from './fake-openai'
import { dragFromPalette, dragWire, inspector, layOut, node, port, select, wires, writeSignature } from './pages/canvas'
import { importRows } from './pages/data'
import { useModel } from './pages/models'
import { bytesOf, choose, downloadOf, goTo, openBlank, openExport, saved, topBar } from './pages/studio'
import { runExported } from './pages/exported'
import { expect, test } from './pages/test'

test('builds a ProgramOfThought by hand, runs what the model writes, and takes it along', async ({ page }) => {
  const server = await startFakeOpenAi({ answer: programmer })
  try {
    await openBlank(page)

    await test.step('from the palette, with two wires', async () => {
      await dragFromPalette(page, 'Input', { x: 60, y: 200 })
      await dragFromPalette(page, 'Signature', { x: 340, y: 120 })
      await dragFromPalette(page, 'Output', { x: 680, y: 200 })
      await select(page, 'input')
      await inspector(page).getByRole('textbox', { name: 'Name of output 1' }).fill('words')
      await select(page, 'predict')
      await writeSignature(page, 'words -> longest: str')
      await choose(inspector(page).getByRole('combobox', { name: 'Module' }), 'ProgramOfThought')
      await select(page, 'output')
      await inspector(page).getByRole('textbox', { name: 'Name of input 1' }).fill('longest')
      await layOut(page)
      await dragWire(page, port(page, 'input', 'Output', 'words'), port(page, 'predict', 'Input', 'words'))
      await dragWire(page, port(page, 'predict', 'Output', 'longest'), port(page, 'output', 'Input', 'longest'))
      await expect(wires(page)).toHaveCount(2)
    })

    await test.step('with its settings, and with three predictors to tune', async () => {
      await select(page, 'predict')
      await inspector(page).getByRole('tab', { name: 'Settings' }).click()
      await expect(inspector(page).getByRole('spinbutton', { name: /^Most programs/ })).toHaveValue('3')
      await inspector(page).getByRole('tab', { name: 'Prompt' }).click()
      await expect(inspector(page)).toContainText('JavaScript program')
    })

    await test.step('runs the first program, has it mended, and answers from what the second returned', async () => {
      await goTo(page, 'Data')
      await importRows(page, 'words.csv', rowsOfWords)
      await useModel(page, { baseUrl: server.url, model: 'coder-1' })
      await goTo(page, 'Build')
      await saved(page)
      await topBar(page).getByRole('button', { name: 'Run row' }).click()
      await expect(node(page, 'predict').getByText('Done')).toBeVisible()
      expect(server.requests).toHaveLength(3)
      expect(server.requests[1]?.text).toContain('is not defined')
      expect(server.requests[2]?.text).toContain('hippopotamus (12)')
      await select(page, 'predict')
      await inspector(page).getByRole('tab', { name: 'Output' }).click()
      await expect(inspector(page)).toContainText('hippopotamus (12)')
      await inspector(page).getByRole('button', { name: 'Open the whole run' }).click()
      const tree = page.getByRole('tree', { name: 'What predict did' })
      await expect(tree.getByRole('treeitem', { name: /code/ })).toHaveCount(4)
    })

    await test.step('exports a folder that runs the code of the model in Node', async () => {
      await openExport(page, /TypeScript/)
      const dialog = page.getByRole('dialog', { name: 'Export as TypeScript' })
      await expect(dialog.getByText('byte for byte')).toBeVisible()
      const zip = await bytesOf(await downloadOf(page, () => dialog.getByRole('button', { name: 'Download .zip' }).click()))
      const outputs = await runExported(zip, { env: { OPENAI_API_KEY: 'none' }, inputs: [{ words: 'a cat and a zebra' }] })
      expect(outputs).toEqual([{ longest: 'zebra (5)' }])
    })
  } finally {
    await server.close()
  }
})

test('explores a long text by RLM, whose code asks a second model', async ({ page }) => {
  const server = await startFakeOpenAi({ answer: explorer })
  try {
    await openBlank(page)
    await dragFromPalette(page, 'Input', { x: 60, y: 200 })
    await dragFromPalette(page, 'Signature', { x: 340, y: 120 })
    await dragFromPalette(page, 'Output', { x: 680, y: 200 })
    await select(page, 'input')
    await inspector(page).getByRole('textbox', { name: 'Name of output 1' }).fill('book')
    await select(page, 'predict')
    await writeSignature(page, 'book -> builder: str')
    await choose(inspector(page).getByRole('combobox', { name: 'Module' }), 'RLM')
    await select(page, 'output')
    await inspector(page).getByRole('textbox', { name: 'Name of input 1' }).fill('builder')
    await layOut(page)
    await dragWire(page, port(page, 'input', 'Output', 'book'), port(page, 'predict', 'Input', 'book'))
    await dragWire(page, port(page, 'predict', 'Output', 'builder'), port(page, 'output', 'Input', 'builder'))
    await expect(wires(page)).toHaveCount(2)

    await test.step('has settings that are kept, and needs no tool', async () => {
      await select(page, 'predict')
      await inspector(page).getByRole('tab', { name: 'Settings' }).click()
      const most = inspector(page).getByRole('spinbutton', { name: /^Most questions to the second model/ })
      await expect(most).toHaveValue('50')
      await most.fill('3')
      await expect(inspector(page).getByText(/has no tool/)).toBeHidden()
    })

    await test.step('looks into the text, asks about two of its parts, and submits', async () => {
      await goTo(page, 'Data')
      const filler = 'It rained. '.repeat(400)
      const rows = Array.from({ length: 10 }, (_, row) => `${filler}The bridge ${row} was built by masons. ${filler},masons`)
      await importRows(page, 'books.csv', `book,builder\n${rows.join('\n')}\n`)
      await useModel(page, { baseUrl: server.url, model: 'explorer-1' })
      await goTo(page, 'Build')
      await saved(page)
      await topBar(page).getByRole('button', { name: 'Run row' }).click()
      await expect(node(page, 'predict').getByText('Done')).toBeVisible()
      expect(server.requests).toHaveLength(4)
      expect(server.requests[0]?.text).toContain('3 prompts may be asked')
      expect(server.requests[0]?.text).not.toContain('built by masons')
      expect(server.requests.slice(1, 3).map(({ text }) => /Do what the prompt asks\..*Who built it\?/s.test(text))).toEqual([true, true])
      await select(page, 'predict')
      await inspector(page).getByRole('tab', { name: 'Output' }).click()
      await expect(inspector(page)).toContainText('masons')
      await inspector(page).getByRole('button', { name: 'Open the whole run' }).click()
      const tree = page.getByRole('tree', { name: 'What predict did' })
      await tree
        .getByRole('treeitem', { name: /^Tool code/ })
        .first()
        .press('ArrowRight')
      await expect(tree.getByRole('treeitem', { name: /sub_lm/ })).toHaveCount(2)
    })
  } finally {
    await server.close()
  }
})

/** Finds the lines that speak of a bridge, asks who built it, and submits what it was told. */
function explorer({ messages }: FakeRequest): string {
  const prompt = readPrompt(messages)
  const { repl_history: history, prompt: question } = prompt.request
  if (question !== undefined) return writeAnswer(prompt, { answer: /by (\w+)/.exec(question)?.[1] ?? 'nobody' })
  const code = history?.includes('Step 1')
    ? 'SUBMIT(told[1])'
    : [
        'var lines = book.split(". ").filter(line => line.includes("bridge"))',
        'var told = llm_query_batched([book.slice(0, 40), ...lines].map(line => `Who built it? ${line}`))',
        'print(told.join("; "))',
      ].join('\n')
  return writeAnswer(prompt, { reasoning: 'Look for the bridge.', code: `\`\`\`js\n${code}\n\`\`\`` })
}

/** Several, since any single one may be dealt to the sealed test split. */
const rowsOfWords = `words,longest\n${['ox', 'cat', 'dog', 'hen', 'bee', 'ant', 'cow', 'pig', 'rat', 'eel']
  .map(other => `one ${other} and a hippopotamus,hippopotamus\n`)
  .join('')}`

/** Writes a program that fails, mends it, and then believes what it returned. */
function programmer({ messages }: FakeRequest): string {
  const prompt = readPrompt(messages)
  const { previous_code: failed, code_output: output } = prompt.request
  const lines = ['const words = inputs.words.split(" ")', 'const longest = words.toSorted((a, b) => b.length - a.length)[0]']
  const submit = `SUBMIT({ longest: ${failed === undefined ? 'longst' : '`${longest} (${longest.length})`'} })`
  return writeAnswer(prompt, {
    reasoning: 'Sort them by length.',
    generated_code: `\`\`\`js\n${[...lines, submit].join('\n')}\n\`\`\``,
    longest: output === undefined ? '' : String((JSON.parse(output) as { longest: string }).longest),
  })
}
