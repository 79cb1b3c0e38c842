import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { noTotals } from '@/engine/record/totals'
import { emptyRunView } from '@/engine/run/view/reduce'
import type { RunOnPage } from '@/state/runs/run-on-page'
import { render } from '@/ui/render-for-test'
import { RunBanners } from './run-banners'

const now = Date.parse('2026-11-30T12:00:00Z')
const running: RunOnPage = { view: emptyRunView, totals: noTotals, live: true, isInterrupted: false, isLoading: false, status: 'running' }
const outage = { until: now + 8_400, reason: 'Waiting for api.test: no answer since 11:59:00.', outage: 'lasts' } as const
const full = { code: 'storage-full', message: 'The disk is full.' } as const

it('counts down to the next try in an outage', async () => {
  await render(<RunBanners shown={{ ...running, waiting: outage }} now={now} />)
  const banner = page.getByRole('status')
  await expect
    .element(banner)
    .toHaveTextContent('No answer from the providerWaiting for api.test: no answer since 11:59:00. Next try in 9 s.')
})

it('says nothing of tries while the run is paused', async () => {
  await render(<RunBanners shown={{ ...running, status: 'paused', waiting: outage, problem: full }} now={now} />)
  await expect.element(page.getByRole('alert')).toBeVisible()
  await expect.element(page.getByText('Next try in')).not.toBeInTheDocument()
})

it('does not ask for a hand where the provider asked for a pause, as it does where somebody has to do something', async () => {
  const problem = { code: 'lm-rate-limit', message: 'The run is paused; it goes on by itself at 13:00.', facts: { until: now } } as const
  await render(<RunBanners shown={{ ...running, status: 'paused', problem }} now={now} />)
  await expect.element(page.getByRole('status')).toHaveTextContent(/goes on by itself at 13:00\.$/)
  await render(<RunBanners shown={{ ...running, status: 'paused', problem: full }} now={now} />)
  await expect.element(page.getByRole('alert')).toHaveTextContent(/goes on from here once you resume it/)
})
