import { defineConfig } from '@playwright/test'
import { chromiumArguments, findChromium } from './scripts/chromium.mjs'

const port = Number(process.env.E2E_PORT ?? 4179)
/** A build of one's own, so that two runs of the tests at once do not pull it away from each other. */
const folder = process.env.E2E_DIST ?? 'dist'

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  timeout: 240_000,
  expect: { timeout: 30_000 },
  // A machine that also builds or serves something else may miss a beat; what only passes the second time is listed as flaky.
  retries: 2,
  fullyParallel: false,
  workers: 1,
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${port}`,
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
    actionTimeout: 15_000,
    launchOptions: { executablePath: findChromium(), args: chromiumArguments },
  },
  webServer: {
    // What the version before wrote asks a model at this address.
    command: `node scripts/serve.mjs --port ${port} --folder ${folder} --allow http://models.example`,
    url: `http://localhost:${port}`,
    reuseExistingServer: false,
    timeout: 60_000,
  },
})
