import { deleteDB } from 'idb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { toyFile, toyProject, toyRows } from '@/testing/toy-project'
import { makeBackup, restoreBackup } from './backup'
import { storageVersion } from './change-notices'
import { putDataset, readRows } from './datasets'
import { closeDatabase, database, useDatabase } from './db'
import { addCall, getCall } from './lm-calls'
import { getProject, putProject } from './projects'
import { forgetAllSecrets, rememberSecret } from './secrets'
import { listVersions, putVersion } from './versions'

const name = 'dspy-studio-backup-test'
beforeEach(async () => {
  await useDatabase(name)
  await deleteDB(name)
})
afterEach(async () => {
  await closeDatabase()
  await deleteDB(name)
})

const usage = { inputTokens: 1, outputTokens: 1 }
const request = { model: 'm', messages: [], settings: {} }
const answer = (key: string, text: string) => ({
  key,
  rollout: 0,
  request,
  response: { text, finish: 'stop' as const, usage, ms: 1 },
  at: 1,
})

it('brings everything back into an empty browser, without any key', async () => {
  await rememberSecret('https://backup.example', 'sk-canary-5555')
  await putProject(toyProject())
  for (const version of toyFile().versions) await putVersion(version)
  await putDataset({ id: 'data_toy', name: 'Things', columns: [], createdAt: 1, updatedAt: 1 }, toyRows(4_500))
  await Promise.all(Array.from({ length: 1_100 }, (_, index) => addCall(answer(`k${index}`, `answer ${index}`))))
  const backup = await makeBackup(7)
  expect(await backup.text()).not.toContain('canary')
  await closeDatabase()
  await deleteDB(name)
  expect(await restoreBackup(backup)).toMatchObject({ damaged: 0 })
  expect(await getProject('project_toy')).toEqual(toyProject())
  expect(await listVersions('project_toy')).toEqual(toyFile().versions)
  expect(await readRows('data_toy')).toEqual(toyRows(4_500))
  expect(await (await database()).count('lmCalls')).toBe(1_100)
  await forgetAllSecrets()
})

it('keeps an answer that is there, counts damaged lines and refuses other files', async () => {
  await addCall(answer('k', 'from then'))
  const text = await (await makeBackup(1)).text()
  await closeDatabase()
  await deleteDB(name)
  await addCall(answer('k', 'from now'))
  expect((await restoreBackup(new Blob([`${text}nonsense\n["secrets",{"origin":"x"}]\n`]))).damaged).toBe(2)
  expect((await getCall('k'))?.response.text).toBe('from now')
  await expect(restoreBackup(new Blob(['hello\n']))).rejects.toMatchObject({ code: 'project-invalid' })
  await expect(restoreBackup(new Blob([text.replace(`"schemaVersion":${storageVersion}`, '"schemaVersion":99')]))).rejects.toMatchObject({
    code: 'project-newer',
  })
})
