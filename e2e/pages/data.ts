import { expect, type Locator, type Page } from '@playwright/test'

/** Gives a file to the import of the Data screen. */
export async function upload(page: Page, name: string, content: string | Buffer): Promise<void> {
  const buffer = typeof content === 'string' ? Buffer.from(content) : content
  await page.getByLabel('File to import').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
}

export function preview(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Check before importing' })
}

/** Uploads and confirms, and waits for the rows. */
export async function importRows(page: Page, name: string, content: string): Promise<void> {
  await upload(page, name, content)
  await preview(page)
    .getByRole('button', { name: /^Import \d+ rows?$/ })
    .click()
  await expect(preview(page)).toBeHidden()
  await expect(rows(page)).toBeVisible()
}

export function rows(page: Page): Locator {
  return page.getByRole('grid', { name: 'Rows' })
}

/** How many rows the dataset has, as the table says to assistive tools. */
export async function expectRowCount(page: Page, count: number): Promise<void> {
  await expect(rows(page)).toHaveAttribute('aria-rowcount', String(count + 1))
}
