import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { EngineError } from '@/engine/base/errors'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { pythonRandom } from '@/lib/rng'
import { closeProject } from '@/state/document/project-store'
import { damageNoted } from '@/storage/checked-records'
import { database } from '@/storage/db'
import { deleteProject } from '@/storage/delete-project'
import { listProjects } from '@/storage/projects'
import { listQuarantine } from '@/storage/quarantine'
import { deleteRun, listRuns } from '@/storage/runs'
import { emptyBrowser } from '@/testing/empty-browser'
import { mutated } from '@/testing/mutate'
import { storeToyProject, storeToyRun } from '@/testing/stored-run'
import { toyFile } from '@/testing/toy-project'
import { oneStep } from '@/testing/toy-programs'
import { render } from '@/ui/render-for-test'
import { importProjectFile } from '@/worker/project-files'
import { createMasker } from '@/engine/lm/keys/mask'
import { exportRun, importRun } from '@/worker/run-files'
import { App } from './app'

let projectId = ''
let runFile: JsonObject = {}

beforeAll(async () => {
  await emptyBrowser('mutated-files')
  await page.viewport(1400, 900)
  projectId = await storeToyProject(oneStep())
  const compile = await storeToyRun({
    id: 'run_compile',
    val: 6,
    spec: { kind: 'compile', optimizer: { id: 'bootstrap-few-shot-random-search', params: { num_candidate_programs: 2 } } },
  })
  runFile = (await jsonOf(await exportRun(compile.id, createMasker([])))) as JsonObject
  const empty = ['events', 'rollouts', 'calls', 'answers'].filter(part => (runFile[part] as readonly Json[]).length === 0)
  if (empty.length > 0 || !compile.result?.best) throw new Error(`nothing to mutate: ${empty.join(', ')}`)
  // What the file brings must not be here already.
  await deleteRun(compile.id)
  await (await database()).clear('lmCalls')
  await (await database()).clear('lmCallUses')
})
afterAll(async () => {
  await closeProject()
  location.hash = '#/'
})

async function jsonOf(file: Blob): Promise<Json> {
  const parsed = parseJson(await file.text())
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

/** Everything that lies in the database, but for what was found damaged. */
async function dump(): Promise<string> {
  await damageNoted()
  const db = await database()
  const stores = [...db.objectStoreNames].filter(name => name !== 'quarantine')
  return JSON.stringify(await Promise.all(stores.map(async name => [name, await db.getAll(name)])))
}

/** What came of an import: something that has an id, or an error of ours and a database as it was. */
async function tried<T>(work: () => Promise<T>): Promise<T | undefined> {
  const before = await dump()
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    if (error.message.length > 600) throw new Error(`too long: ${error.message}`, { cause: error })
    if ((await dump()) !== before) throw new Error(`refused, and left something: ${error.message}`, { cause: error })
    return undefined
  }
}

describe('mutated run files', () => {
  it(
    'are imported, or refused with a sentence and leave nothing; the runs that came in never break a page',
    { timeout: 400_000 },
    async () => {
      await render(<App />)
      let came = 0
      const shown: string[] = []
      for (let seed = 0; seed < 108; seed += 1) {
        // Each part as often as the others: most places of a file are those of its answers.
        const part = (['run', 'events', 'rollouts', 'calls', 'answers', 'run'] as const)[seed % 6] ?? 'run'
        const { value: changed, what } = mutated(runFile[part] ?? null, pythonRandom(`run ${seed}`))
        const value = { ...runFile, [part]: changed }
        const imported = await tried(() => importRun(projectId, new Blob([JSON.stringify(value)]))).catch((error: unknown) => {
          throw new Error(`seed ${seed}, ${what}: ${String(error)}`, { cause: error })
        })
        if (imported === undefined) continue
        came += 1
        if (part === 'run' || seed % 4 === 1) {
          for (const path of ['runs', `runs/${imported.runId}`, `runs/${imported.runId}/0/0`]) {
            location.hash = `#/p/${projectId}/${path}`
            await new Promise(resolve => setTimeout(resolve, 250))
            shown.push(`seed ${seed}, ${what}, ${path}: ${document.body.textContent}`)
          }
        }
        await deleteRun(imported.runId)
      }
      expect(shown.filter(text => /could not be shown|Cannot read prop|is not a function/.test(text))).toEqual([])
      expect(shown.length).toBeGreaterThan(20)
      expect(came).toBeGreaterThan(20)
      expect((await listRuns(projectId)).runs).toEqual([])
      expect(await listQuarantine()).toEqual([])
    },
  )
})

describe('mutated project files', () => {
  it('are imported, or refused with a sentence and leave nothing; the gallery shows those that came in', { timeout: 400_000 }, async () => {
    const file = JSON.parse(JSON.stringify(toyFile(5))) as Json
    location.hash = '#/'
    await render(<App />)
    const ids: string[] = []
    for (let seed = 0; seed < 150; seed += 1) {
      const { value, what } = mutated(file, pythonRandom(`project ${seed}`))
      const imported = await tried(() => importProjectFile(value)).catch((error: unknown) => {
        throw new Error(`seed ${seed}, ${what}: ${String(error)}`, { cause: error })
      })
      if (imported !== undefined) ids.push(imported.id)
      if (isJsonObject(value) && imported !== undefined && ids.length > 40) await deleteProject(ids.shift() ?? '')
    }
    const { projects, unreadable } = await listProjects()
    expect(unreadable).toEqual([])
    // None of them has the name of another.
    expect(new Set(projects.map(({ name }) => name)).size).toBe(projects.length)
    await new Promise(resolve => setTimeout(resolve, 1_000))
    expect(document.body.textContent).not.toContain('could not be shown')
    for (const id of ids) {
      location.hash = `#/p/${id}`
      await new Promise(resolve => setTimeout(resolve, 200))
      expect(`${id}: ${document.body.textContent}`).not.toContain('could not be shown')
    }
    await closeProject()
    for (const id of ids) await deleteProject(id)
  })
})
