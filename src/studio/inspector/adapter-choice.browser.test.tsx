import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { adapterHelp } from '@/engine/adapters/adapter-help'
import { adapters } from '@/engine/adapters/registry'
import { predictorsOf } from '@/engine/graph/predictors'
import { adapterIds, type AdapterId } from '@/engine/program/adapter-id'
import { blankProject } from '@/state/document/blank-project'
import { addNode } from '@/state/document/edits/graph-edits'
import { setSignatureLine } from '@/state/document/edits/node-edits'
import { setAdapter, setJsonFallback } from '@/state/document/edits/project-edits'
import { currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
import { queryClient } from '@/state/session/query-client'
import { select, setInspectorTab } from '@/state/session/session-store'
import { putProject } from '@/storage/projects'
import { showInspector } from './show-for-test'
import { plainMessages } from '@/engine/lm/parts'

beforeEach(async () => {
  const id = `project_${crypto.randomUUID()}`
  await putProject(blankProject(id, 'Adapter test', Date.now()))
  await openProject(id)
  queryClient.clear()
})

function step(): string {
  const id = addNode('signature', { x: 0, y: 0 })
  setSignatureLine(id, 'question -> answer, score: int')
  select([id])
  setInspectorTab('prompt')
  return id
}

it.each(adapterIds)('shows the very bytes of the adapter %s', async adapter => {
  const id = step()
  setAdapter(adapter)
  showInspector()
  await expect.element(page.getByText(`${adapterHelp[adapter].title} adapter`)).toBeVisible()
  expect(textsOf('Messages')).toEqual(bytes(id, adapter))
})

it.each(['chat', 'xml'] as const)('shows after the adapter %s what would be asked where the answer cannot be read', async adapter => {
  const id = step()
  setAdapter(adapter)
  showInspector()
  const again = page.getByText('it is asked for again: JSON schema')
  await userEvent.click(again)
  await expect.poll(() => textsOf('Messages, JSON schema')).toEqual(bytes(id, 'json'))
  setJsonFallback('never')
  await expect.element(again).not.toBeInTheDocument()
  setJsonFallback('twice')
  await expect.element(again).toBeVisible()
  await expect.element(page.getByText('it is asked for again: JSON object')).toBeVisible()
})

it('shows that the JSON adapter is asked once, and in which format', async () => {
  step()
  setAdapter('json')
  showInspector()
  await expect.element(page.getByText('Sent with the response format json_schema')).toBeVisible()
  await expect.element(page.getByText('it is asked for again')).not.toBeInTheDocument()
})

it('lets the program choose how often to ask again, as one step of the history each', async () => {
  showInspector()
  const choice = page.getByRole('combobox', { name: 'An answer that cannot be read is asked for' })
  await expect.element(choice).toHaveTextContent('Once more, in JSON')
  expect(currentProject().graph.jsonFallback).toBe('once')
  await userEvent.click(choice)
  await userEvent.click(page.getByRole('option', { name: /^Not again/ }))
  await expect.element(choice).toHaveTextContent('Not again')
  expect(currentProject().graph.jsonFallback).toBe('never')
  await userEvent.click(choice)
  await userEvent.click(page.getByRole('option', { name: /^Up to twice/ }))
  await expect.element(choice).toHaveTextContent('Up to twice')
  expect(currentProject().graph).not.toHaveProperty('jsonFallback')
  void undo()
  await expect.element(choice).toHaveTextContent('Not again')
  void undo()
  await expect.element(choice).toHaveTextContent('Once more')
})

/** The messages of the adapter for the inputs that are shown. */
function bytes(node: string, adapter: AdapterId): readonly string[] {
  const { graph, state } = currentProject()
  const predictor = predictorsOf(graph).find(one => one.id === node)
  const signature = predictor?.signature(state) ?? { instructions: '', fields: [] }
  return plainMessages(adapters[adapter].format(signature, [], { question: shown('question') })).map(({ content }) => content)
}

/** What stands for the value of an input that is not known. */
function shown(name: string): string {
  const text = textsOf('Messages').at(-1) ?? ''
  const found = new RegExp(`(⟨[^⟩]*⟩)`).exec(text)?.[1]
  if (found === undefined) throw new Error(`no placeholder for ${name} in ${text}`)
  return found
}

function textsOf(list: string): readonly string[] {
  const found = document.querySelector(`[aria-label="${list}"]`)
  return [...(found?.querySelectorAll('pre') ?? [])].map(block => block.textContent ?? '')
}

it('shows the second request of two steps apart from what is asked again', async () => {
  step()
  setAdapter('two-step')
  showInspector()
  await expect.element(page.getByText('Then the fields are read out of the answer: Chat')).toBeVisible()
  await expect.element(page.getByText('it is asked for again: JSON schema')).toBeVisible()
})

it('follows DSPy to the letter where the program says so, as one step of the history', async () => {
  showInspector()
  const choice = page.getByRole('switch', { name: 'Read answers exactly as DSPy does' })
  await expect.element(choice).not.toBeChecked()
  await userEvent.click(choice)
  await expect.element(choice).toBeChecked()
  expect(currentProject().graph.dspyExact).toBe(true)
  void undo()
  await expect.element(choice).not.toBeChecked()
  expect(currentProject().graph).not.toHaveProperty('dspyExact')
})

it('calls tools through the API where the program says so, as one step of the history', async () => {
  showInspector()
  const choice = page.getByRole('switch', { name: 'Call tools through the model’s API' })
  await expect.element(choice).not.toBeChecked()
  await userEvent.click(choice)
  await expect.element(choice).toBeChecked()
  expect(currentProject().graph.nativeTools).toBe(true)
  void undo()
  await expect.element(choice).not.toBeChecked()
  expect(currentProject().graph).not.toHaveProperty('nativeTools')
})
