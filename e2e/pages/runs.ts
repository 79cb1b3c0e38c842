import { expect, type Page } from '@playwright/test'
import type { ProjectFile } from '../../src/engine/project/project'
import type { StoredCall } from '../../src/engine/lm/kept/call-store'
import type { RunRecord, StoredRollout } from '../../src/storage/records'
import { toyFile } from '../../src/testing/toy-project'

export interface RemoteProject {
  readonly rows?: number
  readonly optimizer?: string
  readonly params?: Readonly<Record<string, boolean | number | string | undefined>>
  readonly concurrency?: number
  readonly budget?: ProjectFile['project']['run']['budget']
}

/** The toy project with a model behind HTTP: 40 % train, 40 % val, some 20 % test. */
export function remoteProject(url: string, options: RemoteProject = {}): ProjectFile {
  const { rows = 30, optimizer = 'labeled-few-shot', params = {}, concurrency = 4, budget = {} } = options
  const file = toyFile(rows)
  const model = {
    id: 'remote',
    label: 'Remote',
    provider: 'openai-compatible',
    model: 'fake-model',
    baseUrl: url,
    settings: { temperature: 0 },
  } as const
  return {
    ...file,
    versions: [],
    project: {
      ...file.project,
      name: 'Things over HTTP',
      state: { classify: { instructions: 'Name the kind of thing.', demos: [] } },
      models: [{ ...model, price: { input: 1, output: 2 }, limits: { concurrency } }],
      roles: { task: 'remote', prompt: 'remote' },
      optimizer: { id: optimizer, params: { [optimizer]: JSON.parse(JSON.stringify(params)) } },
      run: { concurrency, seed: 7, maxErrors: 10, budget },
      reveals: [],
    },
  }
}

/** Brings a project in through the gallery, as a user does with a file; returns its id. */
export async function importProject(page: Page, file: ProjectFile): Promise<string> {
  await page.goto('/')
  const buffer = Buffer.from(JSON.stringify(file))
  await page.getByLabel('Project file').setInputFiles({ name: 'things.json', mimeType: 'application/json', buffer })
  await page.waitForURL(/#\/p\/[\w-]+$/)
  return page.url().split('/').at(-1) ?? ''
}

/** Starts a compile from its screen and waits for the run's page; returns the run's id. */
export async function startCompile(page: Page, projectId: string): Promise<string> {
  await page.goto(`/#/p/${projectId}/compile`)
  await page.getByRole('complementary', { name: 'Start' }).getByRole('button', { name: 'Compile', exact: true }).click()
  await page.waitForURL(/\/runs\/[\w-]+$/)
  return page.url().split('/').at(-1) ?? ''
}

/** How the run of the page in view stands, by the badge beside its title. */
export async function expectStatus(page: Page, status: string, timeout = 15_000): Promise<void> {
  await expect(page.getByRole('navigation', { name: 'Place' }).locator('xpath=..').getByText(status, { exact: true })).toBeVisible({
    timeout,
  })
}

export interface StoredRunState {
  readonly run: RunRecord | undefined
  readonly answers: readonly Pick<StoredCall, 'key' | 'request'>[]
}

/** What the browser has on disk of a run, read beside the studio. */
export async function readStorage(page: Page, runId: string): Promise<StoredRunState> {
  const [runs, answers] = [await readAll<RunRecord>(page, 'runs'), await readAll<StoredCall>(page, 'lmCalls')]
  return { run: runs.find(({ id }) => id === runId), answers: answers.map(({ key, request }) => ({ key, request })) }
}

/** What its rows came to, read beside the studio. */
export async function readRollouts(page: Page, runId: string): Promise<readonly StoredRollout[]> {
  return (await readAll<StoredRollout>(page, 'rollouts')).filter(rollout => rollout.runId === runId)
}

/** All that a store of the browser's database holds. */
function readAll<T>(page: Page, store: 'runs' | 'lmCalls' | 'rollouts'): Promise<readonly T[]> {
  return page.evaluate(async name => {
    const ask = <R>(request: IDBRequest<R>): Promise<R> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error ?? new Error('not read')))
      })
    const database = await ask(indexedDB.open('dspy-studio'))
    const values: T[] = await ask(database.transaction([name]).objectStore(name).getAll())
    database.close()
    return values
  }, store)
}
