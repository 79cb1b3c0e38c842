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

/** Seconds from an empty browser to the gallery, and to a run of a template's compile that shows its stages; medians of five. */
export async function coldStart(folder) {
  const server = await serve({ port: 4392, ...(folder && { folder }) })
  const starts = []
  try {
    for (let start = 0; start < 5; start += 1) starts.push(await startOnce(server.url))
  } finally {
    server.close()
  }
  const median = key => starts.map(start => start[key]).sort((a, b) => a - b)[2] ?? 0
  return { gallery: median('gallery'), compile: median('compile'), requests: median('requests') }
}

async function startOnce(url) {
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    let requests = 0
    page.on('request', () => (requests += 1))
    const startedAt = performance.now()
    const seconds = () => (performance.now() - startedAt) / 1000
    await page.goto(url, { waitUntil: 'commit' })
    const template = page.getByRole('button', { name: /triage/i }).first()
    await template.waitFor()
    const gallery = seconds()
    await template.click()
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Compile' }).click()
    await page.getByRole('complementary', { name: 'Start' }).getByRole('button', { name: 'Compile', exact: true }).click()
    await page.getByRole('list', { name: 'Stages' }).waitFor()
    return { gallery, compile: seconds(), requests }
  } finally {
    await browser.close()
  }
}
