import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test, type Worker } from '@playwright/test'
import { openTemplate } from './pages/studio'

// Plain http beyond this machine: a documentation address, which nothing answers at.
const forbidden = 'http://192.0.2.1/v1/models'

test('neither the page nor its workers reach a host that the policy of the page leaves out', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')
  expect(await page.evaluate(refusedBy, forbidden)).toBe('connect-src')

  await expect.poll(() => page.workers().length).toBeGreaterThan(0)
  for (const worker of page.workers()) expect(await worker.evaluate(refusedBy, forbidden)).toBe('connect-src')
})

test('the worker of the user’s code reaches nothing beyond the studio', async ({ page, baseURL }) => {
  await page.goto('/')
  const folder = resolve(process.env['E2E_DIST'] ?? 'dist', 'assets')
  const file = readdirSync(folder).find(name => /^code\.worker-[\w-]+\.js$/.test(name))
  const started = page.waitForEvent('worker', (worker: Worker) => worker.url().includes('code.worker'))
  await page.evaluate(url => void new Worker(url, { type: 'module' }), `${baseURL}/assets/${file}`)
  const userCode = await started
  for (const url of [forbidden, 'https://example.com/', 'http://localhost:1/'])
    expect(await userCode.evaluate(refusedBy, url)).toBe('connect-src')
})

/** The directive that keeps a request from being sent. */
function refusedBy(url: string): Promise<string> {
  return new Promise(resolve => {
    globalThis.addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective), { once: true })
    fetch(url).then(
      () => resolve('sent'),
      () => setTimeout(() => resolve('sent, without an answer'), 2000),
    )
  })
}
