import type { BlobRef } from '@/engine/blobs/blob-ref'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { callKey } from '@/engine/lm/kept/request-key'
import { readStoredRequest, type StoredRequest } from '@/engine/lm/kept/stored-request'
import { toBase64 } from '@/lib/base64'
import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMasker } from '@/engine/lm/keys/mask'
import { storeToyRun } from '@/testing/stored-run'
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
const chat = (question: string): StoredRequest => ({ model: 'm', messages: [{ role: 'user', content: question }], settings: {} })
const answer = (request: StoredRequest, text: string, rollout = 0): StoredCall => ({
  key: callKey(readStoredRequest(request), rollout),
  rollout,
  request,
  response: { text, finish: 'stop', usage, ms: 1 },
  at: 1,
})

it('brings everything back into an empty browser, without any key', async () => {
  await rememberSecret('https://backup.example', 'sk-canary-5555')
  await putProject(toyProject())
  for (const version of toyFile().versions) await putVersion(version)
  await putDataset({ id: 'data_toy', name: 'Things', columns: [], createdAt: 1, updatedAt: 1 }, toyRows(4_500))
  await Promise.all(Array.from({ length: 1_100 }, (_, index) => addCall(answer(chat(`k${index}`), `answer ${index}`))))
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

it('holds no key that came back from a server, in whatever store, and what was asked as it was', async () => {
  const key = 'sk-canary-5555-abcd'
  const call = answer(chat(`a question with ${key}`), `You sent ${key}.`)
  const db = await database()
  const run = { ...(await storeToyRun({ id: 'run_1' })), finish: `Refused: ${key}`, importedAt: 5 }
  await db.put('runs', { ...run, spec: { ...run.spec, title: `With ${key}` } })
  await db.put('importedCalls', { ...call, runId: 'run_1' })
  await db.put('lmCalls', call)
  const text = await (await makeBackup(7, createMasker([key]))).text()
  const linesWithKey = text.split('\n').filter(line => line.includes('canary'))
  expect(linesWithKey.map(line => /^\["(\w+)"/.exec(line)?.[1])).toEqual(['runs', 'importedCalls', 'lmCalls'])
  expect(text).not.toMatch(/You sent sk|Refused: sk/)
  await closeDatabase()
  await deleteDB(name)
  expect(await restoreBackup(new Blob([text]))).toMatchObject({ damaged: 0 })
  const clean = { ...call, response: { ...call.response, text: 'You sent [key removed].' } }
  expect(await getCall(call.key)).toEqual(clean)
  expect(await (await database()).get('importedCalls', ['run_1', call.key])).toEqual({ ...clean, runId: 'run_1' })
  expect(await (await database()).get('runs', 'run_1')).toMatchObject({ finish: 'Refused: [key removed]', spec: { title: `With ${key}` } })
})

it('keeps an answer that is there, counts damaged lines and refuses other files', async () => {
  const kept = answer(chat('k'), 'from now')
  await addCall(answer(chat('k'), 'from then'))
  const text = await (await makeBackup(1)).text()
  await closeDatabase()
  await deleteDB(name)
  await addCall(kept)
  expect((await restoreBackup(new Blob([`${text}nonsense\n["secrets",{"origin":"x"}]\n`]))).damaged).toBe(2)
  expect((await getCall(kept.key))?.response.text).toBe('from now')
  await expect(restoreBackup(new Blob(['hello\n']))).rejects.toMatchObject({ code: 'project-invalid' })
  await expect(restoreBackup(new Blob([text.replace(`"schemaVersion":${storageVersion}`, '"schemaVersion":99')]))).rejects.toMatchObject({
    code: 'project-newer',
  })
})

it('goes on past lines that are damaged, says which, and never puts one in place of a sound record', async () => {
  await putProject(toyProject())
  await putDataset({ id: 'data_toy', name: 'Things', columns: [], createdAt: 1, updatedAt: 1 }, toyRows(3))
  for (const version of toyFile().versions) await putVersion(version)
  const [head, ...lines] = (await (await makeBackup(1)).text()).trimEnd().split('\n')
  const spoilt = lines.map(line => (line.startsWith('["projects"') ? line.replace('"graph":{', '"graph":7,"was":{') : line))
  const text = [head, 'nonsense', ...spoilt, '["versions",{"id":{}}]', '["versions",null]'].join('\n')
  const report = await restoreBackup(new Blob([text]))
  const last = lines.length + 3
  expect(report).toMatchObject({
    restored: lines.length - 1,
    damaged: 4,
    lines: [{ line: 2, reason: 'is not JSON' }, { line: 3 }, { line: last }, { line: last + 1, reason: 'is not a record of a backup' }],
  })
  expect(await getProject('project_toy')).toEqual(toyProject())
  expect(await readRows('data_toy')).toHaveLength(3)
  // Where nothing is in its place, it comes back as it was, and is set aside.
  await deleteProject('project_toy')
  expect((await restoreBackup(new Blob([text]))).lines.map(({ line }) => line)).toEqual([2, last, last + 1])
  await expect(getProject('project_toy')).rejects.toMatchObject({ code: 'project-invalid' })
  expect(await listVersions('project_toy')).toHaveLength(1)
})

it('gives no request the answer of another one', async () => {
  const sameWords = { model: 'm', messages: [{ role: 'user', content: 'a' }], settings: {} } as const
  const right = [
    answer(chat('a'), 'to a'),
    answer(chat('a'), 'to a again', 1),
    answer(chat('b'), 'to b'),
    answer({ ...sameWords, settings: { temperature: 1 } }, 'warmer'),
    answer({ ...sameWords, endpoint: 'https://elsewhere.example' }, 'from elsewhere'),
    answer({ kind: 'embed', model: 'm', texts: ['a'] }, ''),
    // As records of earlier versions ask for vectors.
    answer({ task: 'embed', model: 'm', messages: [{ role: 'user', content: 'b' }], settings: {} }, ''),
  ]
  const [head] = (await (await makeBackup(1)).text()).split('\n')
  const restored = (calls: readonly StoredCall[]) =>
    restoreBackup(new Blob([`${[head, ...calls.map(call => JSON.stringify(['lmCalls', call]))].join('\n')}\n`]))
  // Every key moved on by one, by two, and so on: all of them exchanged.
  for (let shift = 1; shift < right.length; shift++) {
    const exchanged = right.map((call, index) => ({ ...call, key: right[(index + shift) % right.length]?.key ?? '' }))
    expect(await restored(exchanged)).toMatchObject({ restored: 0, damaged: right.length, lines: right.map((_, at) => ({ line: at + 2 })) })
  }
  expect(await (await database()).count('lmCalls')).toBe(0)
  expect(await restored(right)).toEqual({ restored: right.length, damaged: 0, lines: [] })
  for (const call of right) expect(await getCall(call.key)).toEqual(call)
})

describe('files in a backup', () => {
  const bytes = new TextEncoder().encode('an image')
  const projectOf = (image: BlobRef) => ({ ...toyProject(), state: { classify: { instructions: 'See.', demos: [{ image }] } } })

  it('come back once, owned by the records that name them', async () => {
    const image = await putBlob(bytes, 'image/png')
    await putProject(projectOf(image))
    const content = [{ type: 'blob', ref: image }] as const
    await addCall(answer({ model: 'm', messages: [{ role: 'user', content }], settings: {} }, 'a'))
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
    expect(await listQuarantine()).toMatchObject([{ store: 'blobData', key: image.$blob }])
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
