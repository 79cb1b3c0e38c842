import { test as base } from '@playwright/test'

export { expect } from '@playwright/test'

/** Playwright's test, where an error that nobody caught fails the test. Every test starts from an empty profile. */
export const test = base.extend<{ readonly noFaults: void }>({
  noFaults: [
    async ({ page }, use) => {
      const faults: string[] = []
      page.on('pageerror', error => faults.push(error.stack ?? error.message))
      page.on('console', message => {
        if (message.type() === 'error' && !isExpected(message.text())) faults.push(message.text())
      })
      await use()
      if (faults.length > 0) throw new Error(`The page reported errors:\n${faults.join('\n')}`)
    },
    { auto: true },
  ],
})

/** The browser itself logs requests that fail, which the tests of failing servers bring about, and React what a boundary has caught. */
function isExpected(text: string): boolean {
  return /^Failed to load resource|blocked by CORS policy|net::ERR_|^PartNotLoaded:/.test(text)
}
