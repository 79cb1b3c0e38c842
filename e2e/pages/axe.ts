import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './test'

/** No accessibility faults once nothing fades any more: a colour on its way to another has any contrast. */
export async function expectAccessible(page: Page, narrow: (axe: AxeBuilder) => AxeBuilder = axe => axe): Promise<void> {
  await page.evaluate(async () => {
    const endless = (animation: Animation): boolean => animation.effect?.getComputedTiming().endTime === Infinity
    await Promise.allSettled(
      document
        .getAnimations()
        .filter(animation => !endless(animation))
        .map(animation => animation.finished),
    )
  })
  expect((await narrow(new AxeBuilder({ page })).analyze()).violations).toEqual([])
}
