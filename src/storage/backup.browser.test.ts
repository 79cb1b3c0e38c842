import type { BlobRef } from '@/engine/blobs/blob-ref'
import { toBase64 } from '@/lib/base64'
import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toyFile, toyProject, toyRows } from '@/testing/toy-project'
import { makeBackup, restoreBackup } from './backup'
import { blobStorageSize, getBlob, putBlob, settleBlobs } from './blobs'
import { storageVersion } from './change-notices'
import { putDataset, readRows } from './datasets'
import { closeDatabase, database, useDatabase } from './db'
import { deleteProject } from './delete-project'
import { addCall, evictCalls, getCall } from './lm-calls'
import { getProject, putProject } from './projects'
import { listQuarantine } from './quarantine'
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

describe('files in a backup', () => {
  const bytes = new TextEncoder().encode('an image')
  const projectOf = (image: BlobRef) => ({ ...toyProject(), state: { classify: { instructions: 'See.', demos: [{ image }] } } })

  it('come back once, owned by the records that name them', async () => {
    const image = await putBlob(bytes, 'image/png')
    await putProject(projectOf(image))
    const content = [{ type: 'blob', ref: image }] as const
    await addCall({ ...answer('k', 'a'), request: { ...request, messages: [{ role: 'user', content }] } })
    await settleBlobs([image])
    const backup = await makeBackup(1)
    expect((await backup.text()).split(toBase64(bytes))).toHaveLength(2)
    await closeDatabase()
    await deleteDB(name)
    expect(await restoreBackup(backup)).toMatchObject({ damaged: 0 })
    expect(await getBlob(image)).toEqual(bytes)
    expect(await listQuarantine()).toEqual([])
    // Twice is once.
    await restoreBackup(backup)
    await deleteProject('project_toy')
    expect(await getBlob(image)).toEqual(bytes)
    await evictCalls(Infinity)
    expect((await blobStorageSize()).count).toBe(0)
  })

  it('are told and set aside when they are damaged, and the rest comes back', async () => {
    const [image, other] = [await putBlob(bytes, 'image/png'), await putBlob(new TextEncoder().encode('another'), 'image/png')]
    await putProject(projectOf(image))
    await putProject({ ...projectOf(other), id: 'other' })
    const text = await (await makeBackup(1)).text()
    await closeDatabase()
    await deleteDB(name)
    const spoilt = text.replace(toBase64(bytes), toBase64(new TextEncoder().encode('an ima9e')))
    expect(await restoreBackup(new Blob([spoilt]))).toMatchObject({ damaged: 1 })
    expect(await getProject('project_toy')).toEqual(projectOf(image))
    expect(await getBlob(other)).toBeDefined()
    expect(await listQuarantine()).toMatchObject([{ store: 'blobs', key: image.$blob }])
    // The whole backup brings it back.
    await restoreBackup(new Blob([text]))
    expect(await getBlob(image)).toEqual(bytes)
    expect(await listQuarantine()).toEqual([])
  })

  it('are left out where they are damaged here', async () => {
    const image = await putBlob(bytes, 'image/png')
    await putProject(projectOf(image))
    await (await database()).put('blobData', { hash: image.$blob, data: new Uint8Array(3) })
    expect(await (await makeBackup(1)).text()).not.toContain('"data"')
    expect((await blobStorageSize()).damaged).toBe(1)
  })
})
