import { page } from 'vitest/browser'
import { queryClient, watchStorage } from '@/state/session/query-client'
import { useDatabase as switchDatabase } from '@/storage/db'

let databases = 0

/** A browser in which nobody has worked yet, for a browser test; returns a number that no other test of the file gets. */
export async function emptyBrowser(name: string): Promise<number> {
  databases += 1
  await page.viewport(1280, 900)
  watchStorage()
  queryClient.clear()
  await switchDatabase(`${name}-${databases}`)
  location.hash = '#/'
  return databases
}
