import { statSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { bundleForNode } from '../bundle.mjs'
import { chromiumArguments, findChromium } from '../chromium.mjs'
import { serve } from '../serve.mjs'

/**
 * Imports the run of a journal into the studio and replays it there by its menu: seconds from the press to the report, and the
 * CPU time of the page's process meanwhile, which a busy machine does not blur. The report itself has to say that nothing was
 * sent and that it came to the same.
 */
export async function replayInPage(folder, distFolder) {
  const { writeRunFile, projectFile } = await import(await bundleForNode('scripts/bench/run-file.ts', 'bench-run-file'))
  const path = join(folder, 'run-file.json')
  writeRunFile(folder, path)
  const server = await serve({ port: 4391, ...(distFolder && { folder: distFolder }) })
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments })
  const session = await browser.newBrowserCDPSession()
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(300_000)
    await page.goto(server.url)
    const buffer = Buffer.from(JSON.stringify(projectFile))
    await page.getByLabel('Project file').setInputFiles({ name: 'project.json', mimeType: 'application/json', buffer })
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Runs' }).click()
    const importedAt = performance.now()
    await page.getByLabel('Run file').setInputFiles(path)
    await page.getByRole('button', { name: 'More about this run' }).waitFor()
    const importSeconds = (performance.now() - importedAt) / 1000
    const times = []
    for (let round = 0; round < 3; round += 1) {
      await page.getByRole('button', { name: 'More about this run' }).click()
      const entry = page.getByRole('menuitem', { name: /^Replay from record/ })
      await entry.waitFor()
      const startedAt = performance.now()
      const cpuBefore = await rendererSeconds(session)
      await entry.click()
      const report = page.getByRole('dialog', { name: 'Replay from record' }).getByRole('status')
      await report.waitFor()
      times.push({ seconds: (performance.now() - startedAt) / 1000, cpuSeconds: (await rendererSeconds(session)) - cpuBefore })
      const text = await report.innerText()
      if (!/Requests sent\s+0\b/.test(text) || /differ|left/.test(text)) throw new Error(`The replay in the page went wrong: ${text}`)
      await page.keyboard.press('Escape')
    }
    const [fastest] = times.toSorted((a, b) => a.seconds - b.seconds)
    return { ...fastest, importSeconds, megabytes: statSync(path).size / 1e6 }
  } finally {
    await browser.close()
    server.close()
  }
}

async function rendererSeconds(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime, 0)
}
