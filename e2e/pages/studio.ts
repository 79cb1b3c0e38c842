import { readFile } from 'node:fs/promises'
import { expect, type Download, type Locator, type Page } from '@playwright/test'

/** Names of the templates, in the gallery's order. */
export const templateTitles = ['Support-ticket triage', 'Arithmetic word problems', 'Summarise, then route', 'Shop assistant'] as const

export async function openGallery(page: Page): Promise<void> {
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Build LM pipelines')
}

/** Opens a template from the gallery and waits for its canvas. */
export async function openTemplate(page: Page, title: (typeof templateTitles)[number]): Promise<void> {
  await openGallery(page)
  await page.getByRole('button', { name: title }).click()
  await expect(page.getByRole('button', { name: `Rename project ${title}` })).toBeVisible()
  await expect(canvasNodes(page).first()).toBeVisible()
}

export async function openBlank(page: Page): Promise<void> {
  await openGallery(page)
  await page.getByRole('button', { name: /^Blank/ }).click()
  await expect(page.getByText('An empty program')).toBeVisible()
}

/** One of Build, Data, Compile, Runs, by its link in the top bar. */
export async function goTo(page: Page, screen: 'Build' | 'Data' | 'Compile' | 'Runs'): Promise<void> {
  const link = page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen })
  await link.click()
  await expect(link).toHaveAttribute('aria-current', 'page')
}

export function topBar(page: Page): Locator {
  return page.getByRole('banner')
}

export function canvasNodes(page: Page): Locator {
  return page.locator('.react-flow__node')
}

/** Waits until the last edit is on disk. */
export async function saved(page: Page): Promise<void> {
  await expect(topBar(page).locator('[data-save]')).toHaveAttribute('data-save', 'saved')
}

/** A choice in one of the studio's selects. */
export async function choose(select: Locator, option: string | RegExp): Promise<void> {
  await select.click()
  await select.page().getByRole('option', { name: option }).click()
  await expect(select.page().getByRole('listbox')).toBeHidden()
}

/** An entry of the Export menu in the top bar. */
export async function openExport(page: Page, entry: RegExp): Promise<void> {
  await topBar(page).getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: entry }).click()
}

export async function downloadOf(page: Page, act: () => Promise<unknown>): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  return download
}

export async function bytesOf(download: Download): Promise<Uint8Array> {
  return new Uint8Array(await readFile(await download.path()))
}

/** What a downloaded file holds, read as JSON. */
export async function jsonOf(download: Download): Promise<unknown> {
  return JSON.parse(await readFile(await download.path(), 'utf8'))
}

/** Presses Compile in the top bar and waits for the run's page. */
export async function compile(page: Page): Promise<void> {
  await topBar(page).getByRole('button', { name: 'Compile', exact: true }).click()
  await expect(page).toHaveURL(/\/runs\/[^/]+$/)
}

/** The card with baseline and best of a compile that has ended. */
export function result(page: Page): Locator {
  return page.getByRole('region', { name: 'Result' })
}
