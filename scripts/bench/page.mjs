import { chromium } from '@playwright/test'
import { chromiumArguments, findChromium } from '../chromium.mjs'
import { serve } from '../serve.mjs'

/** Seconds from navigation to a canvas whose nodes can be used, on a project that is stored already; the median of five loads. */
export async function timeToCanvas() {
  const server = await serve({ port: 4390 })
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(server.url)
    await page
      .getByRole('button', { name: /triage/i })
      .first()
      .click()
    await page.locator('.react-flow__node').first().waitFor()
    const address = page.url()
    const times = []
    for (let load = 0; load < 5; load += 1) {
      await page.goto('about:blank')
      const startedAt = performance.now()
      await page.goto(address, { waitUntil: 'commit' })
      await page.locator('.react-flow__node').nth(2).waitFor()
      times.push((performance.now() - startedAt) / 1000)
    }
    return times.sort((a, b) => a - b)[2] ?? 0
  } finally {
    await browser.close()
    server.close()
  }
}
