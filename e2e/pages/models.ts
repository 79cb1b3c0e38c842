import { expect, type Locator, type Page } from '@playwright/test'
import { choose, goTo } from './studio'

interface EndpointSetup {
  readonly baseUrl: string
  readonly model?: string
  readonly key?: string
}

/** The dialog of a new model, filled in so far; Compile must be the screen. */
export async function openModelDialog(page: Page, { baseUrl, model, key }: EndpointSetup): Promise<Locator> {
  await page.getByRole('button', { name: 'Add model' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add model' })
  await dialog.getByRole('textbox', { name: 'Base URL' }).fill(baseUrl)
  if (model !== undefined) await dialog.getByRole('combobox', { name: 'Model', exact: true }).fill(model)
  if (key !== undefined) {
    await dialog.getByLabel('API key', { exact: true }).fill(key)
    await dialog.getByRole('button', { name: 'Save key' }).click()
    await expect(dialog.getByText(`ending in ${key.slice(-4)}`)).toBeVisible()
  }
  return dialog
}

/** Adds a model and makes it the one that runs the program. */
export async function useModel(page: Page, setup: EndpointSetup & { readonly model: string }): Promise<void> {
  await goTo(page, 'Compile')
  const dialog = await openModelDialog(page, setup)
  await dialog.getByRole('button', { name: 'Save model' }).click()
  await expect(dialog).toBeHidden()
  await choose(page.getByRole('combobox', { name: 'Task LM' }), new RegExp(`^${setup.model}`))
}
