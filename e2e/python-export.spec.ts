import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { strFromU8, unzipSync } from 'fflate'
import { readPrompt } from '../src/engine/adapters/prompt/read-prompt'
import { packagePython } from '../src/testing/dspy-python'
import { startFakeOpenAi } from './fake-openai'
import { bytesOf, downloadOf, openExport, openTemplate } from './pages/studio'
import { expect, test } from './pages/test'

const python = packagePython()

test('downloads a Python package that real Python runs through DSPy with the prompts of the studio', async ({ page }) => {
  test.skip(python === undefined, 'There is no Python on this machine.')
  const server = await startFakeOpenAi()
  const folder = mkdtempSync(join(tmpdir(), 'dspy-studio-package-'))
  try {
    await openTemplate(page, 'Support-ticket triage')
    await openExport(page, /Python/)
    const dialog = page.getByRole('dialog', { name: 'Export as Python' })
    await expect(dialog.getByText('byte for byte')).toBeVisible()
    await expect(dialog.getByRole('listitem').filter({ hasText: 'request equal' })).toHaveCount(3)
    await dialog.getByRole('radio', { name: 'DSPy’s own' }).click()
    await expect(dialog.getByText('There is nothing to compare')).toBeVisible()
    await dialog.getByRole('radio', { name: 'The studio’s' }).click()
    const shown: string[] = []
    for (const row of await dialog.getByRole('listitem').filter({ hasText: 'request equal' }).all()) {
      await row.getByText('Show the requests').click()
      shown.push((await row.locator('.font-mono').innerText()).trim())
    }
    const download = await downloadOf(page, () => dialog.getByRole('button', { name: 'Download .zip' }).click())
    expect(download.suggestedFilename()).toBe('support-ticket-triage-python.zip')
    for (const [path, bytes] of Object.entries(unzipSync(await bytesOf(download)))) {
      const file = join(folder, ...path.split('/').slice(1))
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, strFromU8(bytes))
    }
    // The very rows of the check, in a file of the user's.
    const rows = shown.map(text => ({ ticket: readPrompt(JSON.parse(text).messages).request['ticket'] }))
    writeFileSync(join(folder, 'rows.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''))
    const { stdout } = await promisify(execFile)(python ?? '', ['main.py', 'rows.jsonl'], {
      cwd: folder,
      env: {
        ...process.env,
        OPENAI_BASE_URL: server.url,
        OPENAI_MODEL: 'gpt-fake',
        OPENAI_API_KEY: 'sk-test',
        DSPY_CACHEDIR: join(folder, 'cache'),
      },
    })
    const answers = stdout.trim().split('\n')
    expect(answers).toHaveLength(3)
    for (const answer of answers) expect(JSON.parse(answer)).toEqual({ category: expect.any(String) })
    expect(server.requests.map(({ body }) => JSON.stringify({ messages: body['messages'] })).toSorted()).toEqual(shown.toSorted())
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
